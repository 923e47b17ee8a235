-- Book these fills, in this order, as far as their orders have so much left; return how many.
-- Fees are charged as they grow, so that those of the fills add up to the fee of the whole order.
CREATE FUNCTION paper.fill(
    ids text[], quantities bigint[], prices numeric[], filled_at timestamptz, day date
) RETURNS bigint
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    made paper.fills[];
    settling date := paper.business_day(day);
BEGIN
    PERFORM FROM paper.money WHERE account IN
        (SELECT o.account FROM paper.orders o JOIN unnest(ids) AS i (client_id) USING (client_id))
    ORDER BY account FOR UPDATE;

    WITH taken AS (
        SELECT o.client_id, o.account, o.security, o.side, o.turnover, d.price, d.n,
            s.market, s.t0, s.board = 'fund' AS fund,
            GREATEST(0, LEAST(d.quantity,
                o.quantity - o.filled - (sum(d.quantity) OVER w - d.quantity))) AS quantity
        FROM unnest(ids, quantities, prices) WITH ORDINALITY AS d (client_id, quantity, price, n)
        JOIN paper.orders o USING (client_id) JOIN paper.securities s ON s.id = o.security
        WHERE o.state = 'accepted' AND o.cancelled IS NULL
        WINDOW w AS (PARTITION BY d.client_id ORDER BY d.n)
    ), summed AS (
        SELECT *, turnover + sum(price * quantity) OVER (PARTITION BY client_id ORDER BY n) AS after
        FROM taken WHERE quantity > 0
    ), booked AS (
        INSERT INTO paper.fills (trade_date, market, client_id, account, security, side, t0,
            quantity, price, amount, fee, at, settles)
        SELECT day, market, client_id, account, security, side, t0, quantity, price,
            round(after, 2) - round(after - price * quantity, 2),
            paper.fees(side, fund, after) - paper.fees(side, fund, after - price * quantity),
            filled_at, settling
        FROM summed ORDER BY n
        RETURNING fills.*
    )
    SELECT array_agg(b) INTO made FROM booked b;
    IF made IS NULL THEN
        RETURN 0;
    END IF;

    INSERT INTO paper.events (trade_date, at, account, client_id, market, number)
    SELECT day, filled_at, account, client_id, market, number FROM unnest(made) ORDER BY number;

    WITH news AS (
        SELECT o.client_id, o.account, o.side, o.filled + f.quantity AS filled, f.net,
            o.turnover + f.turnover AS turnover, o.fees + f.fee AS fees,
            o.frozen_money AS was_frozen,
            CASE WHEN o.side = 'buy' THEN
                paper.needed(s.board = 'fund', o.turnover + f.turnover
                    + (o.quantity - o.filled - f.quantity) * o.price)
                - paper.needed(s.board = 'fund', o.turnover + f.turnover)
            ELSE 0 END AS frozen_money,
            CASE WHEN o.side = 'sell' THEN o.frozen_shares - f.quantity ELSE 0 END AS frozen_shares
        FROM (SELECT client_id, sum(quantity) AS quantity, sum(price * quantity) AS turnover,
                  sum(fee) AS fee, sum(net) AS net
              FROM unnest(made) GROUP BY client_id) f
        JOIN paper.orders o USING (client_id) JOIN paper.securities s ON s.id = o.security
    ), changed AS (
        UPDATE paper.orders o SET filled = n.filled, turnover = n.turnover, fees = n.fees,
            frozen_money = n.frozen_money, frozen_shares = n.frozen_shares,
            cancelled = CASE WHEN n.filled = o.quantity THEN 0 END
        FROM news n WHERE o.client_id = n.client_id
        RETURNING o.trade_date, o.contract, o.account, o.client_id, o.filled, o.cancelled
    ), paid AS (
        UPDATE paper.money m SET usable = m.usable + n.released + n.net,
            frozen = m.frozen - n.released, unsettled = m.unsettled + n.proceeds
        FROM (SELECT account, sum(net) AS net, sum(was_frozen - frozen_money) AS released,
                  sum(CASE WHEN side = 'sell' THEN net ELSE 0 END) AS proceeds
              FROM news GROUP BY account) n
        WHERE m.account = n.account
    )
    INSERT INTO paper.events (trade_date, at, account, client_id, accepted, filled, cancelled)
    SELECT trade_date, filled_at, account, client_id, true, filled, cancelled
    FROM changed ORDER BY contract;

    INSERT INTO paper.shares (account, security, total, sellable)
    SELECT DISTINCT account, security, 0, 0 FROM unnest(made) WHERE side = 'buy'
    ORDER BY account, security
    ON CONFLICT DO NOTHING;

    UPDATE paper.shares h SET total = h.total + f.bought - f.sold,
        sellable = h.sellable + f.sellable, frozen = h.frozen - f.sold
    FROM (SELECT account, security,
              sum(CASE WHEN side = 'buy' THEN quantity ELSE 0 END) AS bought,
              sum(CASE WHEN side = 'sell' THEN quantity ELSE 0 END) AS sold,
              sum(CASE WHEN side = 'buy' AND t0 THEN quantity ELSE 0 END) AS sellable
          FROM unnest(made) GROUP BY account, security) f
    WHERE h.account = f.account AND h.security = f.security;
    RETURN cardinality(made);
END
$$;
