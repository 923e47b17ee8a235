-- Roll the day: what is left of its orders expires, shares that were bought become sellable and
-- proceeds withdrawable, closes become previous closes, or the base of an ex-day up to `next_day`.
-- Return how many orders expired, null if the day was settled before.
CREATE FUNCTION paper.settle(of date, next_day date, settled_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    expired bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('paper.clerk'));  -- nobody fills meanwhile
    IF EXISTS (SELECT FROM paper.days d WHERE d.day >= of) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM paper.money ORDER BY account FOR UPDATE;

    expired := paper.end_orders(ARRAY(
        SELECT o.client_id FROM paper.orders o
        WHERE o.state = 'accepted' AND o.cancelled IS NULL AND o.trade_date <= of
    ), settled_at, true);

    UPDATE paper.shares h SET sellable = h.total - h.frozen - n.bought
    FROM (
        SELECT k.account, k.security, COALESCE(sum(f.quantity), 0) AS bought
        FROM paper.shares k LEFT JOIN paper.fills f ON f.account = k.account
            AND f.security = k.security AND f.side = 'buy' AND NOT f.t0 AND f.settles > of
        WHERE k.sellable + k.frozen < k.total
        GROUP BY k.account, k.security
    ) n
    WHERE h.account = n.account AND h.security = n.security;
    UPDATE paper.entries SET held_back = 0 WHERE held_back > 0;

    UPDATE paper.money m SET unsettled = n.proceeds
    FROM (
        SELECT k.account, COALESCE(sum(f.net), 0) AS proceeds
        FROM paper.money k LEFT JOIN paper.fills f ON f.account = k.account
            AND f.side = 'sell' AND f.settles > of
        WHERE k.unsettled > 0
        GROUP BY k.account
    ) n
    WHERE m.account = n.account;

    UPDATE paper.securities s SET previous_close = s.last
    WHERE s.previous_close <> s.last;
    UPDATE paper.securities s SET previous_close = round(
        (s.last - x.cash + x.rights_price * x.rights) / (1 + x.bonus + x.rights),
        CASE WHEN s.board = 'fund' THEN 3 ELSE 2 END)
    FROM paper.ex_days x
    WHERE x.security = s.id AND x.day > of AND x.day <= next_day;

    INSERT INTO paper.days (day, settled_at, expired) VALUES (of, settled_at, expired);
    RETURN expired;
END
$$;
