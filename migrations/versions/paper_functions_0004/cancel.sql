-- Cancel the rest of an order now, or, if `due` is given, keep the wish for then. Return what became
-- of the wish: done, kept, filled (nothing is left), refused (never accepted), unknown.
CREATE FUNCTION paper.cancel(id text, wished_at timestamptz, due timestamptz) RETURNS text
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    found_order paper.orders;
BEGIN
    PERFORM FROM paper.money WHERE account =
        (SELECT o.account FROM paper.orders o WHERE o.client_id = id) FOR UPDATE;
    SELECT * INTO found_order FROM paper.orders o WHERE o.client_id = id;
    IF found_order.client_id IS NULL OR found_order.state = 'withdrawn' THEN
        RETURN 'unknown';
    ELSIF found_order.state <> 'accepted' THEN
        RETURN 'refused';
    ELSIF found_order.cancelled IS NOT NULL THEN
        RETURN CASE WHEN found_order.cancelled = 0 THEN 'filled' ELSE 'done' END;
    ELSIF due IS NOT NULL THEN
        UPDATE paper.orders o SET cancel_due = COALESCE(o.cancel_due, due) WHERE o.client_id = id;
        RETURN 'kept';
    END IF;
    PERFORM paper.end_orders(ARRAY[id], wished_at);
    RETURN 'done';
END
$$;
