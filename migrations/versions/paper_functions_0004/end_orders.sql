-- Cancel what is not filled yet of these orders and release what it had frozen, because someone
-- wants it or because the `day_is_over`; return how many.
-- Every function that touches orders in being locks their accounts first, in one order.
CREATE FUNCTION paper.end_orders(ids text[], ended_at timestamptz, day_is_over boolean DEFAULT false)
RETURNS bigint
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    ended bigint;
BEGIN
    PERFORM FROM paper.money WHERE account IN
        (SELECT o.account FROM paper.orders o JOIN unnest(ids) AS i (client_id) USING (client_id))
    ORDER BY account FOR UPDATE;
    WITH gone AS (
        SELECT o.client_id, o.contract, o.account, o.security, o.trade_date, o.filled,
            o.frozen_money, o.frozen_shares, o.quantity - o.filled AS rest
        FROM paper.orders o JOIN (SELECT DISTINCT unnest(ids) AS client_id) i USING (client_id)
        WHERE o.state = 'accepted' AND o.cancelled IS NULL
    ), closed AS (
        UPDATE paper.orders o SET cancelled = g.rest, expired = day_is_over,
            frozen_money = 0, frozen_shares = 0
        FROM gone g WHERE o.client_id = g.client_id
    ), paid AS (
        UPDATE paper.money m SET usable = m.usable + g.money, frozen = m.frozen - g.money
        FROM (SELECT account, sum(frozen_money) AS money FROM gone GROUP BY account) g
        WHERE m.account = g.account AND g.money > 0
    ), returned AS (
        UPDATE paper.shares h SET sellable = h.sellable + g.shares, frozen = h.frozen - g.shares
        FROM (SELECT account, security, sum(frozen_shares) AS shares FROM gone
              GROUP BY account, security) g
        WHERE h.account = g.account AND h.security = g.security AND g.shares > 0
    )
    INSERT INTO paper.events (trade_date, at, account, client_id, accepted, filled, cancelled,
        expired)
    SELECT trade_date, ended_at, account, client_id, true, filled, rest, day_is_over
    FROM gone ORDER BY contract;
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END
$$;
