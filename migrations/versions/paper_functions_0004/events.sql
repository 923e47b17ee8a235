-- Give the events that were kept since the last call their positions; return how many.
-- One transaction does this at a time, and gives only to rows that it sees: whoever reads up to a
-- position has missed none below it, in whatever order the events were kept.
CREATE FUNCTION paper.number_events(at_most bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    numbered bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM paper.events WHERE position IS NULL) THEN
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('paper.number_events'));
    UPDATE paper.events e SET position = n.position
    FROM (
        SELECT o.id, nextval('paper.event_positions') AS position
        FROM (SELECT id FROM paper.events WHERE position IS NULL ORDER BY id LIMIT at_most) o
    ) n
    WHERE e.id = n.id AND e.position IS NULL;
    GET DIAGNOSTICS numbered = ROW_COUNT;
    RETURN numbered;
END
$$;
