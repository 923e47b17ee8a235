-- Book an order once. The caller has judged it and gives the verdict, a message number or null, what
-- a buy freezes, and the sellable shares it was judged by. What others did meanwhile is seen here:
-- money that is gone refuses the order, shares that have changed raise serialization_failure.
CREATE FUNCTION paper.book(
    id text, came_at timestamptz, day date, of_account text, of_security text, of_side text,
    of_kind text, at_price numeric, shares numeric, from_station text, from_branch text,
    from_call text, came_with jsonb, verdict integer, to_freeze numeric, seen_sellable bigint
) RETURNS TABLE (state text, reason integer, filled bigint, cancelled bigint, expired boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    stands boolean := verdict IS NULL;
BEGIN
    INSERT INTO paper.orders (client_id, state, reason, arrived_at, trade_date, account, security,
        side, kind, price, works_at, quantity, station, branch, call_id, facts,
        frozen_money, frozen_shares)
    VALUES (id, CASE WHEN stands THEN 'accepted' ELSE 'rejected' END, verdict, came_at, day,
        of_account, of_security, of_side, of_kind, at_price,
        CASE WHEN of_kind IN ('limit', 'after-hours') THEN at_price END,
        shares, from_station, from_branch, from_call, came_with,
        CASE WHEN stands AND of_side = 'buy' THEN to_freeze ELSE 0 END,
        CASE WHEN stands AND of_side = 'sell' THEN shares ELSE 0 END)
    ON CONFLICT (client_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN QUERY SELECT o.state, o.reason, o.filled, o.cancelled, o.expired
            FROM paper.orders o WHERE o.client_id = id;
        RETURN;
    END IF;

    IF stands AND of_side = 'buy' THEN
        UPDATE paper.money m SET usable = m.usable - to_freeze, frozen = m.frozen + to_freeze
        WHERE m.account = of_account AND m.usable >= to_freeze;
        IF NOT FOUND THEN
            stands := false;
            verdict := 5001;  -- not enough money
            UPDATE paper.orders o SET state = 'rejected', reason = verdict, frozen_money = 0
            WHERE o.client_id = id;
        END IF;
    ELSIF stands THEN
        PERFORM FROM paper.money m WHERE m.account = of_account FOR UPDATE;
        UPDATE paper.shares h SET sellable = h.sellable - shares, frozen = h.frozen + shares
        WHERE h.account = of_account AND h.security = of_security AND h.sellable = seen_sellable;
        IF NOT FOUND THEN
            RAISE serialization_failure;
        END IF;
    END IF;

    INSERT INTO paper.events (trade_date, at, account, client_id, accepted, reason, filled)
    VALUES (day, came_at, of_account, id, stands, verdict, 0);
    RETURN QUERY SELECT CASE WHEN stands THEN 'accepted' ELSE 'rejected' END, verdict,
        0::bigint, NULL::bigint, false;
END
$$;
