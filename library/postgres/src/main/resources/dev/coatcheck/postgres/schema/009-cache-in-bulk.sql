-- Several entries of the cache at once. Such a call is one transaction, which holds what it has taken until its end. So that
-- no two calls wait for each other, everybody takes tags before rights to load, and each in the order of their names.

-- The versions of tags, made where there is none. They are kept for longer than any entry that has them. Not, as before,
-- until each has one: who began anew would take a tag out of order. Where one is invalidated meanwhile, the caller is given
-- a version in its place that nobody will ever have, and so a right that is worth nothing, as it would be a moment later.
create or replace function coatcheck.make_cache_versions_v1(p_cache text, p_tags text[], p_token text)
    returns text[] language plpgsql as $$
declare
    v_purge_at timestamptz := date_trunc('day', clock_timestamp(), 'UTC') + interval '33 days';
begin
    insert into coatcheck.cache_tags (cache, tag, version, purge_at)
        select p_cache, asked.tag, p_token || '.' || asked.number, v_purge_at
        from unnest(p_tags) with ordinality as asked (tag, number)
        order by asked.tag collate "C"
        on conflict (cache, tag) do nothing;
    -- Once a day at the most.
    update coatcheck.cache_tags t set purge_at = v_purge_at
        where t.cache = p_cache and t.tag in (
            select due.tag from coatcheck.cache_tags due
                where due.cache = p_cache and due.tag = any (p_tags) and due.purge_at < v_purge_at
                for update skip locked);
    return array_replace(coatcheck.cache_versions_v1(p_cache, p_tags), null, p_token || '.none');
end
$$;

-- Reads entries, and takes the right to load each for which there is reason to and nobody has it, as read_cache_v1 does for
-- one: a row for each, with its number. The tags of an entry are an array in the form of a text.
create function coatcheck.read_caches_v1(
        p_cache text, p_keys text[], p_tags text[], p_tokens text[], p_lease_us bigint, p_early float8, p_waiting boolean)
    returns table (number bigint, state text, value text, left_us bigint, load_ms bigint, token text)
    language plpgsql as $$
declare
    v_tags text[] := array(
        select distinct tag from unnest(p_tags) as entry (tags), unnest(entry.tags::text[]) as tag);
    v_key text;
    v_versions text[];
    v_fresh_until timestamptz;
    v_kept boolean;
    v_granted boolean;
    v_ends_in_us bigint;
begin
    -- Where a tag has no version, or one that is not yet kept for as long as what may be loaded now.
    if exists (
        select from unnest(v_tags) as asked (tag)
            left join coatcheck.cache_tags t on t.cache = p_cache and t.tag = asked.tag
            where t.purge_at is null
                or t.purge_at < date_trunc('day', clock_timestamp(), 'UTC') + interval '33 days')
    then
        perform coatcheck.make_cache_versions_v1(p_cache, v_tags, p_tokens[1] || '.all');
    end if;
    for number, v_key in
        select asked.number, asked.key from unnest(p_keys) with ordinality as asked (key, number) order by asked.key collate "C"
    loop
        v_versions := array_replace(
            coatcheck.cache_versions_v1(p_cache, p_tags[number]::text[]), null, p_tokens[number] || '.none');
        v_granted := false;
        loop
            select e.value, e.fresh_until, e.load_ms into value, v_fresh_until, load_ms
                from coatcheck.cache_entries e
                where e.cache = p_cache and e.key = v_key and e.versions = v_versions and e.serve_until > clock_timestamp();
            v_kept := found;
            left_us := extract(epoch from v_fresh_until - clock_timestamp()) * 1000000;
            token := null;
            if v_kept and left_us > 0 and left_us > p_early * load_ms * 1000 then
                if v_granted then
                    -- Loaded by another just before.
                    delete from coatcheck.cache_loads l
                        where l.cache = p_cache and l.key = v_key and l.token = p_tokens[number];
                end if;
                state := 'fresh';
                exit;
            end if;
            if v_granted then
                state := case when v_kept then 'due' else 'missing' end;
                exit;
            end if;
            select g.granted, g.holder, g.ends_in_us into v_granted, token, v_ends_in_us
                from coatcheck.grant_cache_load_v1(
                    p_cache, v_key, '{}', v_versions, p_tokens[number], p_lease_us, p_waiting and not v_kept) g;
            if not v_granted then
                if v_kept then
                    state := case when left_us > 0 then 'fresh' else 'stale' end;
                else
                    state := 'busy';
                    left_us := v_ends_in_us;
                end if;
                exit;
            end if;
            -- It may have been loaded between the look at it and the grant: look once more.
        end loop;
        return next;
    end loop;
end
$$;
