-- A contact that a category matches gives its customer a tag: the feed of changed customers tells of these too.
-- Only results of the version that counts are told of, so a version that is being applied notes nobody until it counts.
CREATE FUNCTION note_category_matches() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    whose record;
BEGIN
    FOR whose IN
        SELECT given.tenant, array_agg(DISTINCT given.interaction_id) AS ids
        FROM given JOIN category AS c
            ON c.tenant = given.tenant AND c.id = given.category_id AND c.applied_version = given.version
        WHERE given.state = 'matched' GROUP BY given.tenant
    LOOP
        EXECUTE 'INSERT INTO customer_change (tenant, customer_id)'
            ' SELECT DISTINCT tenant, customer_id FROM interaction'
            ' WHERE tenant = $1 AND id = ANY ($2) AND customer_id IS NOT NULL AND is_current'
            USING whose.tenant, whose.ids;
    END LOOP;
    RETURN NULL;
END;
$$;

CREATE TRIGGER note_given AFTER INSERT ON category_match REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION note_category_matches();
CREATE TRIGGER note_became AFTER UPDATE ON category_match REFERENCING NEW TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION note_category_matches();
CREATE TRIGGER note_was AFTER UPDATE ON category_match REFERENCING OLD TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION note_category_matches();
CREATE TRIGGER note_taken AFTER DELETE ON category_match REFERENCING OLD TABLE AS given
    FOR EACH STATEMENT EXECUTE FUNCTION note_category_matches();

-- Another version counts, none any more, or the category has another name. Planned anew, for one category has ten
-- contacts and the next a million.
CREATE FUNCTION note_change_of_category() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE 'INSERT INTO customer_change (tenant, customer_id)'
        ' SELECT DISTINCT tenant, customer_id FROM interaction'
        ' WHERE tenant = $1 AND customer_id IS NOT NULL AND is_current AND id IN ('
        '   SELECT interaction_id FROM category_match'
        '   WHERE tenant = $1 AND category_id = $2 AND version IN ($3, $4) AND state = ''matched'')'
        USING NEW.tenant, NEW.id, OLD.applied_version, NEW.applied_version;
    RETURN NULL;
END;
$$;

CREATE TRIGGER note_change AFTER UPDATE OF applied_version, name ON category FOR EACH ROW
    WHEN ((OLD.applied_version, OLD.name) IS DISTINCT FROM (NEW.applied_version, NEW.name))
    EXECUTE FUNCTION note_change_of_category();
