-- What an order has cost in fees once so much of it was filled: commission, at least five yuan and
-- once for the whole order, stamp duty of a sale, transfer fee. They never exceed what a sale made.
CREATE FUNCTION paper.fees(side text, fund boolean, turnover numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN turnover = 0 THEN 0 ELSE LEAST(
        CASE side WHEN 'sell' THEN round(turnover, 2) END,
        GREATEST(round(turnover * 0.0003, 2), 5.00)
            + CASE WHEN fund THEN 0 ELSE round(turnover * 0.00001, 2) END
            + CASE WHEN fund OR side = 'buy' THEN 0 ELSE round(turnover * 0.0005, 2) END
    ) END
$$;

-- The money that a buy of this turnover takes.
CREATE FUNCTION paper.needed(fund boolean, turnover numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(turnover, 2) + paper.fees('buy', fund, turnover)
$$;

-- The day under which the books run: a day that was settled is over, even before midnight.
CREATE FUNCTION paper.business_day(of date) RETURNS date
LANGUAGE sql STABLE AS $$
    SELECT GREATEST(of, (SELECT max(day) + 1 FROM paper.days))
$$;
