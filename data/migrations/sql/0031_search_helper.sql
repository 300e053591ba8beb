-- Lets one more process help, until the calling function ends, where places count and vectors are read. Two more did
-- not find anything sooner on two cores, and took them from others. To count words is over before one has begun.
CREATE OR REPLACE FUNCTION search_in_parallel(wanted jsonb) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
    IF EXISTS (SELECT FROM search_configs(current_setting('app.tenant')) AS c
        WHERE search_asks_order(wanted, c::regconfig))
    THEN
        PERFORM set_config('max_parallel_workers_per_gather', '1', true);
    END IF;
END;
$$;

-- It takes ten milliseconds to come, in which about 3,000 contacts are checked. The planner reckons with about 105 for
-- each, since their turns may have to be asked, and saves two fifths of that.
ALTER FUNCTION search_interactions(jsonb, timestamptz, timestamptz) SET parallel_setup_cost = 100000;
ALTER FUNCTION search_newest(jsonb, timestamptz, timestamptz, timestamptz, uuid, integer)
    SET parallel_setup_cost = 100000;
