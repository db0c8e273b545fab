-- Leases: one row for each name, which outlives the lease by a day because it holds the last token.

create table coatcheck.leases (
    name      text collate "C" primary key,
    token     bigint not null,
    holder    text not null,
    ends_at   timestamptz not null,
    -- The full hour a day after the end: indexed in place of ends_at, which moves at every renewal.
    purge_at  timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

create index leases_purge on coatcheck.leases (purge_at);

create function coatcheck.lease_purge_v1(p_ends_at timestamptz)
    returns timestamptz language sql immutable as $$
    select date_trunc('hour', p_ends_at, 'UTC') + interval '25 hours'
$$;

-- One more than the last token, or the clock in microseconds where that is more: tokens grow also where the database
-- has lost what it knew.
create function coatcheck.next_token_v1(p_last bigint) returns bigint language sql volatile as $$
    select greatest(p_last + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint)
$$;

-- Returns the token that was granted, or who has the lease and for how long. Of those who ask at once, one makes or
-- changes the row and the others then see that it is held.
create function coatcheck.grant_lease_v1(
        p_name text, p_holder text, p_duration_us bigint,
        out granted boolean, out token bigint, out holder text, out ends_in_us bigint)
    language plpgsql as $$
declare
    v_duration interval := p_duration_us * interval '1 microsecond';
    v_ends_at timestamptz;
begin
    loop
        select l.token, l.holder, l.ends_at into token, holder, v_ends_at
            from coatcheck.leases l where l.name = p_name;
        if found and v_ends_at > clock_timestamp() then
            granted := false;
            ends_in_us := extract(epoch from v_ends_at - clock_timestamp()) * 1000000;
            return;
        end if;
        -- What is said under "do update" is computed when the row's lock has been waited for.
        insert into coatcheck.leases as l (name, token, holder, ends_at, purge_at)
            values (
                p_name, coatcheck.next_token_v1(0), p_holder, clock_timestamp() + v_duration,
                coatcheck.lease_purge_v1(clock_timestamp() + v_duration))
            on conflict (name) do update
                set token = coatcheck.next_token_v1(l.token), holder = p_holder,
                    ends_at = clock_timestamp() + v_duration,
                    purge_at = coatcheck.lease_purge_v1(clock_timestamp() + v_duration)
                where l.ends_at <= clock_timestamp()
            returning l.token into token;
        if found then
            granted := true;
            return;
        end if;
        -- Somebody else was faster: look who it is.
    end loop;
end
$$;

-- Returns those that are still held.
create function coatcheck.renew_leases_v1(p_names text[], p_tokens bigint[], p_duration_us bigint)
    returns table (name text, token bigint) language plpgsql as $$
declare
    v_ends_at timestamptz := clock_timestamp() + p_duration_us * interval '1 microsecond';
begin
    return query update coatcheck.leases l
        set ends_at = v_ends_at, purge_at = coatcheck.lease_purge_v1(v_ends_at)
        from unnest(p_names, p_tokens) as g (name, token)
        where l.name = g.name and l.token = g.token and l.ends_at > clock_timestamp()
        returning l.name, l.token;
end
$$;

-- Returns whether it was still held.
create function coatcheck.release_lease_v1(p_name text, p_token bigint) returns boolean language plpgsql as $$
begin
    update coatcheck.leases l set ends_at = clock_timestamp()
        where l.name = p_name and l.token = p_token and l.ends_at > clock_timestamp();
    if found then
        perform pg_notify('coatcheck_leases', p_name);
    end if;
    return found;
end
$$;

-- Forgets leases that ended long ago, a bounded number at a time; returns how many.
create function coatcheck.purge_leases_v1(p_limit int) returns int language plpgsql as $$
declare
    v_count int;
begin
    delete from coatcheck.leases l
        where l.name in (
            select due.name from coatcheck.leases due
                where due.purge_at < clock_timestamp() and due.ends_at < clock_timestamp()
                limit p_limit for update skip locked);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
