-- Who a key, a session or a sign-in link belongs to, asked before a tenant is known: by its exact hash only.
CREATE OR REPLACE FUNCTION access_find(kind text, wanted bytea)
    RETURNS TABLE (tenant text, id uuid, role text, expires_at timestamptz, ended_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
    SELECT k.tenant, k.id, k.role, k.expires_at, k.revoked_at FROM public.api_key AS k
        WHERE kind = 'api_key' AND k.hash = wanted
    UNION ALL
    SELECT s.tenant, s.id, s.role, s.expires_at, s.revoked_at FROM public.session AS s
        WHERE kind = 'session' AND s.hash = wanted
    UNION ALL
    SELECT l.tenant, l.id, l.role, l.expires_at, l.used_at FROM public.sign_in AS l
        WHERE kind = 'sign_in' AND l.hash = wanted
$$;
REVOKE ALL ON FUNCTION access_find(text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_find(text, bytea) TO reasonance_app;
