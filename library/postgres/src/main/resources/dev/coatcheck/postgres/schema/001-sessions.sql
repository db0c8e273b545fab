-- Sessions: one row each, so that reading, saving, rotating and revoking are each one atomic step on one row.
--
-- Functions carry a version in their name. A release that needs another meaning adds another function; the old one
-- stays for as long as a process of an older release may call it.

create table coatcheck.sessions (
    handle             text collate "C" primary key,
    secret_hash        text collate "C" not null,
    user_name          text,
    label              text,
    created_at         timestamptz not null,
    last_seen_at       timestamptz not null,
    expires_at         timestamptz not null,
    absolute_end       timestamptz not null,
    idle_ms            bigint not null,
    -- The attributes: three arrays in step. What a value is stays text, since jsonb would change it.
    names              text[] not null,
    jsons              text[] not null,
    versions           bigint[] not null,
    writes             bigint not null,
    -- What the id before the last rotation still shows.
    prior_secret_hash  text collate "C",
    prior_until        timestamptz,
    prior_user_name    text,
    prior_names        text[],
    prior_jsons        text[],
    prior_versions     bigint[],
    -- The full hour after the session has ended: indexed in place of expires_at, which moves at every save, so that
    -- most updates touch no index and need no vacuum.
    purge_at           timestamptz not null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create index sessions_purge on coatcheck.sessions (purge_at);

-- By hash, because a user's name may be longer than an entry of a b-tree.
create index sessions_user on coatcheck.sessions using hash (user_name);

create function coatcheck.session_end_v1(p_now timestamptz, p_idle_ms bigint, p_absolute_end timestamptz)
    returns timestamptz language sql immutable as $$
    select least(p_now + p_idle_ms * interval '1 millisecond', p_absolute_end)
$$;

create function coatcheck.session_purge_v1(p_expires_at timestamptz)
    returns timestamptz language sql immutable as $$
    select date_trunc('hour', p_expires_at, 'UTC') + interval '1 hour'
$$;

create function coatcheck.find_session_v1(p_handle text, p_secret_hash text)
    returns table (
        superseded boolean, user_name text, created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz,
        idle_ms bigint, names text[], jsons text[], versions bigint[])
    language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_session coatcheck.sessions;
begin
    select * into v_session from coatcheck.sessions s where s.handle = p_handle and s.expires_at > v_now;
    if not found then
        return;
    end if;
    if v_session.secret_hash = p_secret_hash
            and v_now - v_session.last_seen_at >= v_session.idle_ms * interval '1 millisecond' / 10 then
        -- A reader does not wait for the disk: what a crash could lose is that somebody was here.
        perform set_config('synchronous_commit', 'off', true);
        update coatcheck.sessions s
            set last_seen_at = greatest(s.last_seen_at, v_now),
                expires_at = coatcheck.session_end_v1(greatest(s.last_seen_at, v_now), s.idle_ms, s.absolute_end),
                purge_at = coatcheck.session_purge_v1(
                    coatcheck.session_end_v1(greatest(s.last_seen_at, v_now), s.idle_ms, s.absolute_end))
            where s.handle = p_handle and s.expires_at > v_now
            returning s.* into v_session;
        if not found then
            return;
        end if;
    end if;
    if v_session.secret_hash = p_secret_hash then
        return query select false, v_session.user_name, v_session.created_at, v_session.last_seen_at,
            v_session.expires_at, v_session.idle_ms, v_session.names, v_session.jsons, v_session.versions;
    elsif v_session.prior_secret_hash = p_secret_hash and v_session.prior_until > v_now then
        return query select true, v_session.prior_user_name, v_session.created_at, v_session.last_seen_at,
            least(v_session.prior_until, v_session.expires_at), v_session.idle_ms,
            v_session.prior_names, v_session.prior_jsons, v_session.prior_versions;
    end if;
end
$$;

-- Returns 'saved', 'taken', or 'too large' with the bytes that it would have held.
create function coatcheck.create_session_v1(
        p_handle text, p_secret_hash text, p_user_name text, p_label text, p_names text[], p_jsons text[],
        p_idle_ms bigint, p_absolute_ms bigint, p_max_bytes bigint, out outcome text, out bytes bigint)
    language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_absolute_end timestamptz := v_now + p_absolute_ms * interval '1 millisecond';
    v_expires_at timestamptz := coatcheck.session_end_v1(v_now, p_idle_ms, v_absolute_end);
begin
    select coalesce(sum(octet_length(a.name) + octet_length(a.json)), 0) into bytes
        from unnest(p_names, p_jsons) as a (name, json);
    if bytes > p_max_bytes then
        outcome := 'too large';
        return;
    end if;
    insert into coatcheck.sessions as s (
            handle, secret_hash, user_name, label, created_at, last_seen_at, expires_at, absolute_end, idle_ms,
            names, jsons, versions, writes, purge_at)
        values (
            p_handle, p_secret_hash, p_user_name, p_label, v_now, v_now, v_expires_at, v_absolute_end, p_idle_ms,
            p_names, p_jsons, array_fill(1::bigint, array[cardinality(p_names)]), 1,
            coatcheck.session_purge_v1(v_expires_at))
        on conflict (handle) do nothing;
    if found or exists (
            select from coatcheck.sessions s where s.handle = p_handle and s.secret_hash = p_secret_hash) then
        outcome := 'saved';
    else
        outcome := 'taken';
    end if;
end
$$;

-- Returns 'saved', 'gone', 'conflict' with the attributes concerned as they are now (no version: none), or 'too large'.
create function coatcheck.save_session_v1(
        p_handle text, p_secret_hash text, p_new_secret_hash text, p_names text[], p_jsons text[],
        p_only_if_versions bigint[], p_user_name text, p_label text, p_idle_ms bigint, p_grace_ms bigint,
        p_max_bytes bigint,
        out outcome text, out bytes bigint, out names text[], out jsons text[], out versions bigint[])
    language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_session coatcheck.sessions;
    v_idle_ms bigint;
    v_expires_at timestamptz;
    v_rotates boolean := p_new_secret_hash is not null;
    v_prior_lives boolean;
    v_prior_until timestamptz;
    v_at int;
begin
    select * into v_session from coatcheck.sessions s where s.handle = p_handle for update;
    -- Read again: the row's lock may have been waited for.
    v_now := clock_timestamp();
    if not found or v_session.secret_hash <> p_secret_hash or v_session.expires_at <= v_now then
        outcome := 'gone';
        return;
    end if;

    for i in 1 .. cardinality(p_names) loop
        v_at := array_position(v_session.names, p_names[i]);
        if p_only_if_versions[i] <> coalesce(v_session.versions[v_at], 0) then
            outcome := 'conflict';
            names := names || p_names[i];
            jsons := jsons || v_session.jsons[v_at];
            versions := versions || coalesce(v_session.versions[v_at], 0);
        end if;
    end loop;
    if outcome = 'conflict' then
        return;
    end if;

    names := v_session.names;
    jsons := v_session.jsons;
    versions := v_session.versions;
    for i in 1 .. cardinality(p_names) loop
        v_at := array_position(names, p_names[i]);
        if p_jsons[i] is not null then
            v_at := coalesce(v_at, cardinality(names) + 1);
            names[v_at] := p_names[i];
            jsons[v_at] := p_jsons[i];
            versions[v_at] := v_session.writes + 1;
        elsif v_at is not null then
            names := names[: v_at - 1] || names[v_at + 1 :];
            jsons := jsons[: v_at - 1] || jsons[v_at + 1 :];
            versions := versions[: v_at - 1] || versions[v_at + 1 :];
        end if;
    end loop;
    select coalesce(sum(octet_length(a.name) + octet_length(a.json)), 0) into bytes
        from unnest(names, jsons) as a (name, json);
    if bytes > p_max_bytes then
        outcome := 'too large';
        return;
    end if;

    v_idle_ms := coalesce(p_idle_ms, v_session.idle_ms);
    v_expires_at := coatcheck.session_end_v1(v_now, v_idle_ms, v_session.absolute_end);
    v_prior_lives := v_session.prior_until > v_now;
    v_prior_until := v_now + p_grace_ms * interval '1 millisecond';
    update coatcheck.sessions s
        set secret_hash = coalesce(p_new_secret_hash, s.secret_hash),
            user_name = coalesce(p_user_name, s.user_name),
            label = coalesce(p_label, s.label),
            last_seen_at = v_now,
            expires_at = v_expires_at,
            idle_ms = v_idle_ms,
            names = save_session_v1.names,
            jsons = save_session_v1.jsons,
            versions = save_session_v1.versions,
            writes = s.writes + 1,
            -- On the right of an assignment stands what the row held before: what the old id goes on showing.
            prior_secret_hash = case when v_rotates then s.secret_hash when v_prior_lives then s.prior_secret_hash end,
            prior_until = case when v_rotates then v_prior_until when v_prior_lives then s.prior_until end,
            prior_user_name = case when v_rotates then s.user_name when v_prior_lives then s.prior_user_name end,
            prior_names = case when v_rotates then s.names when v_prior_lives then s.prior_names end,
            prior_jsons = case when v_rotates then s.jsons when v_prior_lives then s.prior_jsons end,
            prior_versions = case when v_rotates then s.versions when v_prior_lives then s.prior_versions end,
            purge_at = coatcheck.session_purge_v1(v_expires_at)
        where s.handle = p_handle;
    outcome := 'saved';
    names := null;
    jsons := null;
    versions := null;
end
$$;

-- Forgets sessions that have ended, a bounded number at a time; returns how many.
create function coatcheck.purge_sessions_v1(p_limit int) returns int language plpgsql as $$
declare
    v_count int;
begin
    delete from coatcheck.sessions s
        where s.handle in (
            select due.handle from coatcheck.sessions due
                where due.purge_at < clock_timestamp() and due.expires_at < clock_timestamp()
                limit p_limit for update skip locked);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
