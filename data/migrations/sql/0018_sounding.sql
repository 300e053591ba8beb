-- The interactions of this tenant that sound so. It belongs to the definer, whose policy lets the planner use the GIN
-- index; the tenant is therefore an explicit predicate.
CREATE FUNCTION search_sound(wanted tsquery) RETURNS TABLE (interaction_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, public
    SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY SELECT s.interaction_id FROM public.sound AS s
        WHERE s.tenant = current_setting('app.tenant') AND s.keys @@ wanted;
END;
$$;
REVOKE ALL ON FUNCTION search_sound(tsquery) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_sound(tsquery) TO reasonance_app;
