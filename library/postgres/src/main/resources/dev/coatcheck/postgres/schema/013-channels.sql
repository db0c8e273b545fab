-- Channels: a row for each topic, which is locked while something is published to it, so that the order of its messages is
-- that in which they are committed; a row for each message that is kept; and who is present by way of which process.

create table coatcheck.channel_topics (
    topic     text collate "C" primary key,
    -- Which history it is: another one begins where the topic was forgotten.
    epoch     text not null,
    -- The offset of the newest message, and of the newest that is not kept any more; 0 where there is none.
    last      bigint not null default 0,
    dropped   bigint not null default 0,
    -- Of what is kept.
    messages  int not null default 0,
    bytes     bigint not null default 0,
    -- When all its messages are too old; two days after that the topic is forgotten. A full hour, so that the index is not
    -- written to at every message.
    purge_at  timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create index channel_topics_purge on coatcheck.channel_topics (purge_at);

create table coatcheck.channel_messages (
    topic         text collate "C" not null,
    number        bigint not null,
    -- The offset of the one before it.
    previous      bigint not null,
    payload       text not null,
    bytes         int not null,
    published_at  timestamptz not null,
    primary key (topic, number)
) with (autovacuum_vacuum_scale_factor = 0.05);

create table coatcheck.channel_processes (
    process  text collate "C" primary key,
    ends_at  timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create table coatcheck.channel_present (
    topic    text collate "C" not null,
    process  text collate "C" not null references coatcheck.channel_processes on delete cascade,
    name     text collate "C" not null,
    primary key (topic, process, name)
);

create index channel_present_process on coatcheck.channel_present (process);

create function coatcheck.channel_purge_v1(p_after interval) returns timestamptz language sql volatile as $$
    select date_trunc('hour', clock_timestamp() + p_after, 'UTC') + interval '1 hour'
$$;

-- Begins the history of those topics that have none.
create function coatcheck.begin_topics_v1(p_topics text[]) returns void language plpgsql as $$
begin
    if exists (
        select from unnest(p_topics) as asked (topic)
            where not exists (select from coatcheck.channel_topics t where t.topic = asked.topic))
    then
        insert into coatcheck.channel_topics (topic, epoch, purge_at)
            select distinct asked.topic collate "C", coatcheck.next_token_v1(0)::text, coatcheck.channel_purge_v1(interval '2 days')
            from unnest(p_topics) as asked (topic)
            order by 1
            on conflict (topic) do nothing;
    end if;
end
$$;

-- Puts a message at the end of a topic and drops what is not to be kept. Until the transaction ends, whoever else publishes to
-- the topic waits. Returns where it stands.
create function coatcheck.publish_v1(
        p_topic text, p_payload text, p_messages int, p_age_us bigint, p_bytes int, out epoch text, out number bigint)
    language plpgsql as $$
declare
    v_topic coatcheck.channel_topics;
    v_oldest record;
    v_age interval := p_age_us * interval '1 microsecond';
    v_now timestamptz;
begin
    loop
        select t.* into v_topic from coatcheck.channel_topics t where t.topic = p_topic for update;
        exit when found;
        perform coatcheck.begin_topics_v1(array[p_topic]);
    end loop;
    v_now := clock_timestamp();
    epoch := v_topic.epoch;
    -- The clock, or one more than the last: so an offset is given once also where the database has lost what it knew.
    number := coatcheck.next_token_v1(v_topic.last);
    insert into coatcheck.channel_messages (topic, number, previous, payload, bytes, published_at)
        values (p_topic, number, v_topic.last, p_payload, octet_length(p_payload), v_now);
    v_topic.messages := v_topic.messages + 1;
    v_topic.bytes := v_topic.bytes + octet_length(p_payload);
    for v_oldest in
        select m.number, m.bytes, m.published_at from coatcheck.channel_messages m
            where m.topic = p_topic and m.number > v_topic.dropped order by m.number
    loop
        exit when v_topic.messages = 1 or (
            v_topic.messages <= p_messages and v_topic.bytes <= p_bytes and v_oldest.published_at >= v_now - v_age);
        v_topic.messages := v_topic.messages - 1;
        v_topic.bytes := v_topic.bytes - v_oldest.bytes;
        v_topic.dropped := v_oldest.number;
    end loop;
    delete from coatcheck.channel_messages m where m.topic = p_topic and m.number <= v_topic.dropped;
    update coatcheck.channel_topics t
        set last = publish_v1.number, dropped = v_topic.dropped, messages = v_topic.messages, bytes = v_topic.bytes,
            purge_at = coatcheck.channel_purge_v1(v_age)
        where t.topic = p_topic;
    perform pg_notify('coatcheck_channels', p_topic);
end
$$;

-- Where topics end, in the order in which they are asked for; keeps them from being forgotten.
create function coatcheck.topic_heads_v1(p_topics text[]) returns table (epoch text, number bigint) language plpgsql as $$
begin
    perform coatcheck.begin_topics_v1(p_topics);
    update coatcheck.channel_topics t set purge_at = coatcheck.channel_purge_v1(interval '2 days')
        where t.topic in (
            select due.topic from coatcheck.channel_topics due
                where due.topic = any (p_topics) and due.messages = 0 and due.purge_at < clock_timestamp() + interval '1 day'
                for update skip locked);
    return query select t.epoch, t.last
        from unnest(p_topics) with ordinality as asked (topic, place)
        join coatcheck.channel_topics t on t.topic = asked.topic
        order by asked.place;
end
$$;

-- What came after a position: a row for each message; or, where that is not known or more came than is kept, one row without
-- a payload, that says where the topic ends. One statement, so that nothing is dropped between looking and reading.
create function coatcheck.read_topic_v1(p_topic text, p_epoch text, p_number bigint, p_most int)
    returns table (epoch text, number bigint, previous bigint, payload text) language plpgsql as $$
begin
    perform coatcheck.begin_topics_v1(array[p_topic]);
    return query
        with topic as materialized (
            select t.epoch, t.last, t.epoch = p_epoch and (
                    t.last = p_number or t.dropped = p_number or exists (
                        select from coatcheck.channel_messages m where m.topic = p_topic and m.number = p_number)) as known
                from coatcheck.channel_topics t where t.topic = p_topic)
        (select t.epoch, m.number, m.previous, m.payload
            from topic t, coatcheck.channel_messages m
            where t.known and m.topic = p_topic and m.number > p_number
            order by m.number limit p_most)
        union all
        select t.epoch, t.last, null, null from topic t where not t.known;
end
$$;

create function coatcheck.enter_process_v1(p_process text, p_lease_us bigint) returns void language sql volatile as $$
    insert into coatcheck.channel_processes as p (process, ends_at)
        values (p_process, clock_timestamp() + p_lease_us * interval '1 microsecond')
        on conflict (process) do update set ends_at = excluded.ends_at
$$;

-- Returns whether it was still there.
create function coatcheck.renew_process_v1(p_process text, p_lease_us bigint) returns boolean language plpgsql as $$
begin
    update coatcheck.channel_processes p set ends_at = clock_timestamp() + p_lease_us * interval '1 microsecond'
        where p.process = p_process and p.ends_at > clock_timestamp();
    return found;
end
$$;

-- Says nothing of a process that is not there: it finds that out when it renews.
create function coatcheck.announce_v1(
        p_process text, p_arrived_topics text[], p_arrived text[], p_left_topics text[], p_left text[])
    returns void language sql volatile as $$
    insert into coatcheck.channel_present (topic, process, name)
        select a.topic, p_process, a.name from unnest(p_arrived_topics, p_arrived) as a (topic, name)
        where exists (select from coatcheck.channel_processes p where p.process = p_process)
        on conflict do nothing;
    delete from coatcheck.channel_present h
        using unnest(p_left_topics, p_left) as l (topic, name)
        where h.process = p_process and h.topic = l.topic and h.name = l.name;
$$;

-- Clears away messages of topics in which nothing was published for too long, topics that nobody has asked for since, and
-- processes that are dead, a bounded number at a time; returns how many, and the limit where there may be more.
create function coatcheck.purge_channels_v1(p_limit int) returns int language plpgsql as $$
declare
    v_topic record;
    v_rows int;
    v_count int := 0;
begin
    for v_topic in
        select t.topic, t.messages from coatcheck.channel_topics t
            where t.purge_at < clock_timestamp() limit p_limit for update skip locked
    loop
        if v_topic.messages > 0 then
            delete from coatcheck.channel_messages m where m.topic = v_topic.topic;
            get diagnostics v_rows = row_count;
            update coatcheck.channel_topics t
                set dropped = t.last, messages = 0, bytes = 0, purge_at = coatcheck.channel_purge_v1(interval '2 days')
                where t.topic = v_topic.topic;
        else
            delete from coatcheck.channel_topics t where t.topic = v_topic.topic;
            v_rows := 1;
        end if;
        v_count := v_count + v_rows;
        exit when v_count >= p_limit;
    end loop;
    delete from coatcheck.channel_processes p
        where p.process in (
            select dead.process from coatcheck.channel_processes dead
                where dead.ends_at < clock_timestamp() - interval '1 minute' limit p_limit for update skip locked);
    get diagnostics v_rows = row_count;
    return least(p_limit, greatest(v_count, v_rows));
end
$$;
