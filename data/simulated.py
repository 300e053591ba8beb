"""A made-up year of a contact centre, to measure with: contacts and their reasons, without anything said."""

from __future__ import annotations

import datetime as dt

from data.stores import Stores

DAYS = 364
REASONS = 50


def simulate(stores: Stores, contacts: int, *, customers: int, first: dt.date) -> None:
    """Adds so many contacts of a year from ``first`` on, of fifty reasons and two hundred agents, in one transaction.

    Weekdays are busier than weekends, some reasons ten times as frequent as others; nine in ten have a reason, one in
    fifty still waits. Done again it adds as many more, of the same customers and reasons.
    """
    known = {"tenant": stores.tenant, "first": first, "customers": customers, "reasons": REASONS, "days": DAYS}
    for statement in (PEOPLE, KINDS):
        stores.driver_connection.execute(statement, known)
    stores.driver_connection.execute(CONTACTS, known | {"contacts": contacts})


PEOPLE = """
    INSERT INTO customer (tenant, id)
    SELECT %(tenant)s, md5(%(tenant)s || 'customer' || number)::uuid
    FROM generate_series(0, %(customers)s - 1) AS number ON CONFLICT DO NOTHING
"""
KINDS = """
    INSERT INTO reason (tenant, id, name, embedder, centroid, size)
    SELECT %(tenant)s, md5(%(tenant)s || 'reason' || number)::uuid, 'reason ' || number, 'none', '[1,0]', 0
    FROM generate_series(0, %(reasons)s - 1) AS number ON CONFLICT DO NOTHING
"""
# The weekday comes from a week of 12 parts: two for each weekday, one for each day of the weekend.
# Contacts and their reasons in one statement: a join of tables that have just been filled has no statistics to go by.
CONTACTS = """
    WITH made AS (
    INSERT INTO interaction (tenant, id, content_id, channel, name, media_type,
        customer_id, customer_segment, agent, queue, team, language, started_at, received_at,
        state, duration_s, after_call_s, sentiment, csat, nps, ces)
    SELECT %(tenant)s, gen_random_uuid(), uuid_send(gen_random_uuid()),
        (ARRAY['voice', 'voice', 'voice', 'email', 'chat', 'survey'])[1 + floor(6 * a)::int], 'contact', 'text/plain',
        CASE WHEN b < 0.9 THEN md5(%(tenant)s || 'customer' || floor(%(customers)s * b / 0.9)::int)::uuid END,
        (ARRAY['new', 'standard', 'gold', 'business', NULL])[1 + floor(5 * b)::int],
        'agent ' || agent, 'queue ' || agent %% 12, 'team ' || agent / 20,
        (ARRAY['en', 'en', 'de', 'zh'])[1 + floor(4 * c)::int],
        begun, begun, CASE WHEN d < 0.02 THEN 'pending' ELSE 'analysed' END,
        60 + 600 * power(c, 2), 30 * d, 2 * a - 1, CASE WHEN d > 0.8 THEN 1 + floor(5 * c)::int END,
        CASE WHEN d > 0.9 THEN floor(11 * c)::int END, CASE WHEN d > 0.9 THEN 1 + floor(7 * a)::int END
    FROM (
        SELECT number, random() AS a, random() AS b, random() AS c, random() AS d,
            floor(200 * random())::int AS agent,
            (%(first)s + 7 * floor(%(days)s / 7 * random())::int
                + (ARRAY[0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6])[1 + floor(12 * random())::int]
            )::timestamp AT TIME ZONE 'UTC' + make_interval(secs => 28800 + 43200 * random()) AS begun
        FROM generate_series(1, %(contacts)s) AS number
    ) AS drawn
    RETURNING id, state, received_at)
    INSERT INTO assignment (tenant, id, interaction_id, reason_id, confidence, assigned_at)
    SELECT %(tenant)s, gen_random_uuid(), id,
        CASE WHEN random() < 0.9
            THEN md5(%(tenant)s || 'reason' || floor(%(reasons)s * power(random(), 2))::int)::uuid END,
        0.9, received_at
    FROM made WHERE state = 'analysed'
"""
