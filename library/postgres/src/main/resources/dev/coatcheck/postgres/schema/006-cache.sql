-- The cache. Nothing of it is written to the log: a server that crashes, or is failed over from, begins with an empty
-- cache, which is what a cache may do. All three tables are then empty together.

create unlogged table coatcheck.cache_entries (
    cache        text collate "C" not null,
    key          text collate "C" not null,
    -- Null where the loader found nothing.
    value        text,
    -- Of the entry's tags, in their order, as they were when the load began.
    versions     text[] not null,
    load_ms      bigint not null,
    fresh_until  timestamptz not null,
    serve_until  timestamptz not null,
    primary key (cache, key)
);

create index cache_entries_purge on coatcheck.cache_entries (serve_until);

-- Who has the right to load what: one row while somebody loads.
create unlogged table coatcheck.cache_loads (
    cache     text collate "C" not null,
    key       text collate "C" not null,
    token     text not null,
    versions  text[] not null,
    -- Whether somebody waits for the end, who is to be told.
    awaited   boolean not null,
    ends_at   timestamptz not null,
    primary key (cache, key)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create unlogged table coatcheck.cache_tags (
    cache     text collate "C" not null,
    tag       text collate "C" not null,
    version   text not null,
    purge_at  timestamptz not null,
    primary key (cache, tag)
);

-- The versions of tags, in their order; null for one that nobody has loaded for since it was invalidated.
create function coatcheck.cache_versions_v1(p_cache text, p_tags text[]) returns text[] language sql volatile as $$
    select coalesce(array_agg(t.version order by asked.number), '{}')
        from unnest(p_tags) with ordinality as asked (tag, number)
        left join coatcheck.cache_tags t on t.cache = p_cache and t.tag = asked.tag
$$;

-- The versions of tags, made where there is none. They are kept for longer than any entry that has them.
create function coatcheck.make_cache_versions_v1(p_cache text, p_tags text[], p_token text)
    returns text[] language plpgsql as $$
declare
    v_versions text[];
    v_purge_at timestamptz := date_trunc('day', clock_timestamp(), 'UTC') + interval '33 days';
begin
    loop
        insert into coatcheck.cache_tags (cache, tag, version, purge_at)
            select p_cache, asked.tag, p_token || '.' || asked.number, v_purge_at
            from unnest(p_tags) with ordinality as asked (tag, number)
            order by asked.number
            on conflict (cache, tag) do nothing;
        v_versions := coatcheck.cache_versions_v1(p_cache, p_tags);
        -- Unless somebody has invalidated one in between.
        exit when array_position(v_versions, null) is null;
    end loop;
    -- Once a day at the most.
    update coatcheck.cache_tags t set purge_at = v_purge_at
        where t.cache = p_cache and t.tag in (
            select due.tag from coatcheck.cache_tags due
                where due.cache = p_cache and due.tag = any (p_tags) and due.purge_at < v_purge_at
                for update skip locked);
    return v_versions;
end
$$;

-- Gives the right to load, if nobody has it; says otherwise whose it is and for how long. A right from before a tag was
-- invalidated is none.
create function coatcheck.grant_cache_load_v1(
        p_cache text, p_key text, p_tags text[], p_versions text[], p_token text, p_lease_us bigint, p_waiting boolean,
        out granted boolean, out holder text, out ends_in_us bigint)
    language plpgsql as $$
declare
    v_versions text[] := p_versions;
    v_ends_at timestamptz;
    v_awaited boolean;
begin
    loop
        select l.token, l.ends_at, l.awaited into holder, v_ends_at, v_awaited
            from coatcheck.cache_loads l
            where l.cache = p_cache and l.key = p_key and l.versions = v_versions and l.ends_at > clock_timestamp();
        if found then
            granted := false;
            ends_in_us := extract(epoch from v_ends_at - clock_timestamp()) * 1000000;
            if p_waiting and not v_awaited then
                update coatcheck.cache_loads l set awaited = true
                    where l.cache = p_cache and l.key = p_key and l.token = holder;
                if not found then
                    ends_in_us := 0; -- it has just ended: nobody will tell
                end if;
            end if;
            return;
        end if;
        if cardinality(p_tags) > 0 then
            v_versions := coatcheck.make_cache_versions_v1(p_cache, p_tags, p_token);
        end if;
        insert into coatcheck.cache_loads as l (cache, key, token, versions, awaited, ends_at)
            values (p_cache, p_key, p_token, v_versions, false, clock_timestamp() + p_lease_us * interval '1 microsecond')
            on conflict (cache, key) do update
                set token = p_token, versions = v_versions, awaited = false,
                    ends_at = clock_timestamp() + p_lease_us * interval '1 microsecond'
                where l.ends_at <= clock_timestamp() or l.versions <> v_versions;
        if found then
            granted := true;
            return;
        end if;
        -- Somebody else was faster: look who it is.
    end loop;
end
$$;

-- Reads an entry, and takes the right to load it where there is reason to and nobody has it.
-- State: 'fresh', 'stale' or 'due', with the entry; 'missing'; 'busy', with the token and the rest of another's right.
create function coatcheck.read_cache_v1(
        p_cache text, p_key text, p_tags text[], p_token text, p_lease_us bigint, p_early float8, p_waiting boolean,
        out state text, out value text, out left_us bigint, out load_ms bigint, out token text)
    language plpgsql as $$
declare
    v_versions text[];
    v_fresh_until timestamptz;
    v_kept boolean;
    v_granted boolean := false;
    v_ends_in_us bigint;
begin
    loop
        v_versions := case when cardinality(p_tags) = 0 then '{}'
            else coatcheck.cache_versions_v1(p_cache, p_tags) end;
        select e.value, e.fresh_until, e.load_ms into value, v_fresh_until, load_ms
            from coatcheck.cache_entries e
            where e.cache = p_cache and e.key = p_key and e.versions = v_versions and e.serve_until > clock_timestamp();
        v_kept := found;
        left_us := extract(epoch from v_fresh_until - clock_timestamp()) * 1000000;
        if v_kept and left_us > 0 and left_us > p_early * load_ms * 1000 then
            if v_granted then
                -- Loaded by another just before.
                delete from coatcheck.cache_loads l
                    where l.cache = p_cache and l.key = p_key and l.token = p_token;
            end if;
            state := 'fresh';
            return;
        end if;
        if v_granted then
            state := case when v_kept then 'due' else 'missing' end;
            return;
        end if;
        select g.granted, g.holder, g.ends_in_us into v_granted, token, v_ends_in_us
            from coatcheck.grant_cache_load_v1(
                p_cache, p_key, p_tags, v_versions, p_token, p_lease_us, p_waiting and not v_kept) g;
        if not v_granted then
            if v_kept then
                state := case when left_us > 0 then 'fresh' else 'stale' end;
            else
                state := 'busy';
                left_us := v_ends_in_us;
            end if;
            return;
        end if;
        -- It may have been loaded between the look at it and the grant: look once more.
    end loop;
end
$$;

-- Keeps what was loaded, if the right to load is still held. Returns whether it is.
create function coatcheck.write_cache_v1(
        p_cache text, p_key text, p_token text, p_value text, p_ttl_ms bigint, p_stale_ms bigint, p_load_ms bigint,
        p_message text)
    returns boolean language plpgsql as $$
declare
    v_versions text[];
    v_awaited boolean;
    v_fresh_until timestamptz := clock_timestamp() + p_ttl_ms * interval '1 millisecond';
begin
    delete from coatcheck.cache_loads l
        where l.cache = p_cache and l.key = p_key and l.token = p_token and l.ends_at > clock_timestamp()
        returning l.versions, l.awaited into v_versions, v_awaited;
    if not found then
        return false;
    end if;
    insert into coatcheck.cache_entries (cache, key, value, versions, load_ms, fresh_until, serve_until)
        values (
            p_cache, p_key, p_value, v_versions, p_load_ms, v_fresh_until,
            v_fresh_until + p_stale_ms * interval '1 millisecond')
        on conflict (cache, key) do update
            set value = excluded.value, versions = excluded.versions, load_ms = excluded.load_ms,
                fresh_until = excluded.fresh_until, serve_until = excluded.serve_until;
    if v_awaited then
        perform pg_notify('coatcheck_cache', p_message);
    end if;
    return true;
end
$$;

-- Makes the right to load last longer. Returns whether it was still held.
create function coatcheck.renew_cache_load_v1(p_cache text, p_key text, p_token text, p_lease_us bigint)
    returns boolean language plpgsql as $$
begin
    update coatcheck.cache_loads l set ends_at = clock_timestamp() + p_lease_us * interval '1 microsecond'
        where l.cache = p_cache and l.key = p_key and l.token = p_token and l.ends_at > clock_timestamp();
    return found;
end
$$;

-- Gives up the right to load: after a pause, or at once, upon which who waits is told.
create function coatcheck.abandon_cache_load_v1(
        p_cache text, p_key text, p_token text, p_pause_us bigint, p_message text)
    returns void language plpgsql as $$
declare
    v_awaited boolean;
begin
    if p_pause_us > 0 then
        perform coatcheck.renew_cache_load_v1(p_cache, p_key, p_token, p_pause_us);
        return;
    end if;
    delete from coatcheck.cache_loads l
        where l.cache = p_cache and l.key = p_key and l.token = p_token
        returning l.awaited into v_awaited;
    if v_awaited then
        perform pg_notify('coatcheck_cache', p_message);
    end if;
end
$$;

-- The right to load goes first, as it does when an entry is written.
create function coatcheck.invalidate_cache_v1(p_cache text, p_key text, p_message text)
    returns void language plpgsql as $$
begin
    delete from coatcheck.cache_loads l where l.cache = p_cache and l.key = p_key;
    delete from coatcheck.cache_entries e where e.cache = p_cache and e.key = p_key;
    perform pg_notify('coatcheck_cache', p_message);
end
$$;

create function coatcheck.invalidate_cache_tag_v1(p_cache text, p_tag text, p_message text)
    returns void language plpgsql as $$
begin
    delete from coatcheck.cache_tags t where t.cache = p_cache and t.tag = p_tag;
    perform pg_notify('coatcheck_cache', p_message);
end
$$;

-- Forgets what is too old to be served, a bounded number at a time; returns how many entries.
create function coatcheck.purge_cache_v1(p_limit int) returns int language plpgsql as $$
declare
    v_count int;
begin
    delete from coatcheck.cache_tags t
        where (t.cache, t.tag) in (
            select due.cache, due.tag from coatcheck.cache_tags due
                where due.purge_at < clock_timestamp() limit p_limit for update skip locked);
    delete from coatcheck.cache_loads l
        where (l.cache, l.key) in (
            select due.cache, due.key from coatcheck.cache_loads due
                where due.ends_at < clock_timestamp() limit p_limit for update skip locked);
    delete from coatcheck.cache_entries e
        where (e.cache, e.key) in (
            select due.cache, due.key from coatcheck.cache_entries due
                where due.serve_until < clock_timestamp() limit p_limit for update skip locked);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
