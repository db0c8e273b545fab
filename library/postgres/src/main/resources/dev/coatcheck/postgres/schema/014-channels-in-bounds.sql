-- Channels cost less, and hold no lock for long: who publishes looks at nothing that was dropped before, a history is read by
-- bytes too, and what is cleared away is bounded in rows. The functions that are replaced mean what they meant.

-- Puts a message at the end of a topic and drops what is not to be kept. Until the transaction ends, whoever else publishes to
-- the topic waits. Returns where it stands.
create or replace function coatcheck.publish_v1(
        p_topic text, p_payload text, p_messages int, p_age_us bigint, p_bytes int, out epoch text, out number bigint)
    language plpgsql as $$
declare
    v_topic coatcheck.channel_topics;
    v_oldest record;
    v_dropped bigint;
    v_age interval := p_age_us * interval '1 microsecond';
    v_now timestamptz;
    v_size int := octet_length(p_payload);
begin
    loop
        select t.* into v_topic from coatcheck.channel_topics t where t.topic = p_topic for update;
        exit when found;
        insert into coatcheck.channel_topics (topic, epoch, purge_at)
            values (p_topic, coatcheck.next_token_v1(0)::text, coatcheck.channel_purge_v1(interval '2 days'))
            on conflict (topic) do nothing;
    end loop;
    v_now := clock_timestamp();
    epoch := v_topic.epoch;
    -- The clock, or one more than the last: so an offset is given once also where the database has lost what it knew.
    number := coatcheck.next_token_v1(v_topic.last);
    insert into coatcheck.channel_messages (topic, number, previous, payload, bytes, published_at)
        values (p_topic, number, v_topic.last, p_payload, v_size, v_now);
    v_topic.messages := v_topic.messages + 1;
    v_topic.bytes := v_topic.bytes + v_size;
    v_dropped := v_topic.dropped;
    -- Looks at one more than it drops.
    for v_oldest in
        select m.number, m.bytes, m.published_at from coatcheck.channel_messages m
            where m.topic = p_topic and m.number > v_topic.dropped order by m.number
    loop
        exit when v_topic.messages = 1 or (
            v_topic.messages <= p_messages and v_topic.bytes <= p_bytes and v_oldest.published_at >= v_now - v_age);
        v_topic.messages := v_topic.messages - 1;
        v_topic.bytes := v_topic.bytes - v_oldest.bytes;
        v_dropped := v_oldest.number;
    end loop;
    if v_dropped > v_topic.dropped then
        -- Not from the topic's beginning: there are the rows that were dropped before, until they are vacuumed away, which
        -- a transaction that stays open elsewhere may hinder for hours.
        delete from coatcheck.channel_messages m
            where m.topic = p_topic and m.number > v_topic.dropped and m.number <= v_dropped;
    end if;
    update coatcheck.channel_topics t
        set last = publish_v1.number, dropped = v_dropped, messages = v_topic.messages, bytes = v_topic.bytes,
            purge_at = coatcheck.channel_purge_v1(v_age)
        where t.topic = p_topic;
    perform pg_notify('coatcheck_channels', p_topic);
end
$$;

-- Where topics end, in the order in which they are asked for; keeps them from being forgotten.
create or replace function coatcheck.topic_heads_v1(p_topics text[]) returns table (epoch text, number bigint)
    language plpgsql as $$
begin
    -- One look, where nothing is to be begun or kept, which is nearly always.
    if exists (
        select from unnest(p_topics) as asked (topic)
            left join coatcheck.channel_topics t on t.topic = asked.topic
            where t.topic is null or (t.messages = 0 and t.purge_at < clock_timestamp() + interval '1 day'))
    then
        perform coatcheck.begin_topics_v1(p_topics);
        update coatcheck.channel_topics t set purge_at = coatcheck.channel_purge_v1(interval '2 days')
            where t.topic in (
                select due.topic from coatcheck.channel_topics due
                    where due.topic = any (p_topics) and due.messages = 0
                        and due.purge_at < clock_timestamp() + interval '1 day'
                    for update skip locked);
    end if;
    return query select t.epoch, t.last
        from unnest(p_topics) with ordinality as asked (topic, place)
        join coatcheck.channel_topics t on t.topic = asked.topic
        order by asked.place;
end
$$;

-- What came after a position: a row for each message, so many at the most, and none after the one with which they have so many
-- bytes; or, where that is not known or more came than is kept, one row without a payload, that says where the topic ends. One
-- statement, so that nothing is dropped between looking and reading.
create function coatcheck.read_topic_v2(p_topic text, p_epoch text, p_number bigint, p_most int, p_bytes int)
    returns table (epoch text, number bigint, previous bigint, payload text) language plpgsql as $$
begin
    return query
        with topic as materialized (
            select t.epoch, t.last, t.epoch = p_epoch and (
                    t.last = p_number or t.dropped = p_number or exists (
                        select from coatcheck.channel_messages m where m.topic = p_topic and m.number = p_number)) as known
                from coatcheck.channel_topics t where t.topic = p_topic),
        -- The payloads of what goes beyond the page are not fetched: large ones are stored apart.
        sized as (
            select m.number, sum(m.bytes) over (order by m.number) - m.bytes as before
                from (
                    select n.number, n.bytes from coatcheck.channel_messages n
                        where n.topic = p_topic and n.number > p_number
                        order by n.number limit p_most) m)
        (select t.epoch, m.number, m.previous, m.payload
            from topic t, sized s
            join coatcheck.channel_messages m on m.topic = p_topic and m.number = s.number
            where t.known and s.before < p_bytes
            order by m.number)
        union all
        select t.epoch, t.last, null, null from topic t where not t.known;
    if not found then
        -- Nothing came; or there is no such topic, which begins now: as another than the one that was asked about.
        perform coatcheck.begin_topics_v1(array[p_topic]);
        return query
            select t.epoch, t.last, null::bigint, null::text from coatcheck.channel_topics t
                where t.topic = p_topic and t.epoch <> p_epoch;
    end if;
end
$$;

-- Clears away messages of topics in which nothing was published for too long, topics that nobody has asked for since, and
-- processes that are dead: so many rows of each at the most, whatever a topic holds; returns how many, and the limit where
-- there may be more.
create or replace function coatcheck.purge_channels_v1(p_limit int) returns int language plpgsql as $$
declare
    v_messages int;
    v_topics int;
    v_processes int;
begin
    with due as materialized (
        select t.topic, t.dropped from coatcheck.channel_topics t
            where t.purge_at < clock_timestamp() and t.messages > 0
            order by t.purge_at limit p_limit for update skip locked),
    gone as (
        delete from coatcheck.channel_messages m
            using (
                select o.topic, o.number from due d
                    cross join lateral (
                        select n.topic, n.number from coatcheck.channel_messages n
                            where n.topic = d.topic and n.number > d.dropped order by n.number limit p_limit) o
                    limit p_limit) oldest
            where m.topic = oldest.topic and m.number = oldest.number
            returning m.topic, m.number, m.bytes),
    counted as (
        select g.topic, count(*)::int as messages, sum(g.bytes) as bytes, max(g.number) as dropped
            from gone g group by g.topic),
    changed as (
        update coatcheck.channel_topics t
            set dropped = c.dropped, messages = t.messages - c.messages, bytes = t.bytes - c.bytes,
                purge_at = case when t.messages > c.messages then t.purge_at
                    else coatcheck.channel_purge_v1(interval '2 days') end
            from counted c where t.topic = c.topic)
    select coalesce(sum(c.messages), 0) into v_messages from counted c;
    delete from coatcheck.channel_topics t
        where t.topic in (
            select due.topic from coatcheck.channel_topics due
                where due.purge_at < clock_timestamp() and due.messages = 0
                order by due.purge_at limit p_limit for update skip locked);
    get diagnostics v_topics = row_count;
    delete from coatcheck.channel_processes p
        where p.process in (
            select dead.process from coatcheck.channel_processes dead
                where dead.ends_at < clock_timestamp() - interval '1 minute' limit p_limit for update skip locked);
    get diagnostics v_processes = row_count;
    return greatest(v_messages, v_topics, v_processes);
end
$$;
