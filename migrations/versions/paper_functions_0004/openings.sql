CREATE FUNCTION paper.record_money_opening() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO paper.entries (account, what, amount)
    VALUES (NEW.account, 'opening', NEW.usable + NEW.frozen);
    RETURN NULL;
END
$$;

CREATE FUNCTION paper.record_shares_opening() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO paper.entries (account, what, security, shares, held_back)
    VALUES (NEW.account, 'opening', NEW.security, NEW.total,
            NEW.total - NEW.sellable - NEW.frozen);
    RETURN NULL;
END
$$;
