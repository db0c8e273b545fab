-- Limits: one row for each limit and key, until all its permits are back.
--
-- GCRA, exact: a row holds when its debt will be paid, in whole microseconds of this server's clock, and a rest in
-- permits-ths of one, because a permit seldom takes a whole number of microseconds to come back. The limit stands beside
-- it, so that a debt made under another one is understood.

create table coatcheck.limits (
    -- SHA-256 of the limit's name and the key, which may be any text of any length.
    id         bytea primary key,
    paid_at_us bigint not null,
    rest       bigint not null,
    permits    bigint not null,
    window_us  bigint not null,
    -- Indexed in place of paid_at_us, which moves with every permit.
    paid_hour  bigint generated always as (paid_at_us / 3600000000) stored
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

create index limits_paid_hour on coatcheck.limits (paid_hour);

-- What was given back already, for as long as it could be given back again.
create table coatcheck.limit_refunds (
    reservation text collate "C" primary key,
    until_us    bigint not null
);

create index limit_refunds_until on coatcheck.limit_refunds (until_us);

-- The clock, in microseconds.
create function coatcheck.limit_clock_v1() returns bigint language sql volatile as $$
    select (extract(epoch from clock_timestamp()) * 1000000)::bigint
$$;

-- What a row owes, as seen by a limit that may have been changed since: the same number of permits, rounded up to a
-- microsecond, and never more than all of them. Where it is more than was ever allowed, the clock was set back.
create function coatcheck.limit_debt_v1(
        p_row coatcheck.limits, p_now bigint, p_permits bigint, p_window bigint,
        out micros bigint, out rest bigint, out set_back boolean)
    language plpgsql stable as $$
begin
    micros := p_row.paid_at_us - p_now;
    rest := p_row.rest;
    set_back := false;
    if micros is null or micros < 0 then
        micros := 0;
        rest := 0;
        return;
    end if;
    if micros > p_row.window_us then
        micros := p_row.window_us;
        rest := 0;
        set_back := true;
    end if;
    if p_row.permits <> p_permits or p_row.window_us <> p_window then
        micros := least(p_window, div(
            (micros::numeric * p_row.permits + rest) * p_window + p_row.window_us::numeric * p_permits - 1,
            p_row.window_us::numeric * p_permits));
        rest := 0;
    end if;
    if micros >= p_window then
        micros := p_window;
        rest := 0;
    end if;
end
$$;

-- Spends permits of several limits, all or none. All arrays speak of the same asks, in the order of their ids, in which
-- rows are locked, so that no two calls wait for each other.
-- Returns what each owes then, or, where one or more refuse, how long each would have to wait (0 for those that do not).
--
-- Looks first without a lock: a flood of refused calls writes nothing and waits for nobody. What is granted is decided
-- under the locks. It commits without waiting for the disk, since a hot key is locked until it has: a server that crashes
-- forgets what was spent in the last fraction of a second, and never more.
create function coatcheck.acquire_permits_v1(
        p_ids bytea[], p_permits bigint[], p_windows bigint[], p_costs bigint[], p_rests bigint[],
        out now_us bigint, out micros bigint[], out rests bigint[], out waits bigint[])
    language plpgsql as $$
declare
    v_row coatcheck.limits;
    v_debt record;
    v_set_back boolean[];
    v_limited boolean;
    v_locked boolean := false;
begin
    loop
        if v_locked then
            perform set_config('synchronous_commit', 'off', true);
            for i in 1 .. array_length(p_ids, 1) loop
                loop
                    perform from coatcheck.limits l where l.id = p_ids[i] for update;
                    exit when found;
                    insert into coatcheck.limits as l (id, paid_at_us, rest, permits, window_us)
                        values (p_ids[i], coatcheck.limit_clock_v1(), 0, p_permits[i], p_windows[i])
                        on conflict do nothing;
                end loop;
            end loop;
        end if;

        now_us := coatcheck.limit_clock_v1();
        v_limited := false;
        for i in 1 .. array_length(p_ids, 1) loop
            select * into v_row from coatcheck.limits l where l.id = p_ids[i];
            v_debt := coatcheck.limit_debt_v1(v_row, now_us, p_permits[i], p_windows[i]);
            v_set_back[i] := v_debt.set_back;
            micros[i] := v_debt.micros + p_costs[i];
            rests[i] := v_debt.rest + p_rests[i];
            if rests[i] >= p_permits[i] then
                micros[i] := micros[i] + 1;
                rests[i] := rests[i] - p_permits[i];
            end if;
            waits[i] := greatest(0, micros[i] - p_windows[i] + (rests[i] > 0)::int);
            v_limited := v_limited or waits[i] > 0;
        end loop;
        exit when v_locked or (v_limited and not true = any (v_set_back));
        v_locked := true;
    end loop;

    if not v_limited then
        waits := null;
        for i in 1 .. array_length(p_ids, 1) loop
            update coatcheck.limits l
                set paid_at_us = now_us + micros[i], rest = rests[i], permits = p_permits[i], window_us = p_windows[i]
                where l.id = p_ids[i];
        end loop;
    elsif v_locked then
        -- Otherwise it would owe all its permits until the clock is where it was.
        for i in 1 .. array_length(p_ids, 1) loop
            update coatcheck.limits l set paid_at_us = now_us + l.window_us, rest = 0
                where l.id = p_ids[i] and v_set_back[i];
        end loop;
    end if;
end
$$;

-- Gives back what was spent, less what has grown back since; once for each reservation. Arrays as above.
--
-- What has passed since is taken off, as if these permits were the first to be paid for. That is never too much: a debt
-- with them and one without them differ by at least this.
create function coatcheck.refund_permits_v1(
        p_reservation text, p_spent_at_us bigint, p_longest_us bigint,
        p_ids bytea[], p_permits bigint[], p_windows bigint[], p_costs bigint[], p_rests bigint[])
    returns boolean language plpgsql as $$
declare
    v_now bigint := coatcheck.limit_clock_v1();
    v_elapsed bigint := greatest(0, v_now - p_spent_at_us);
    v_row coatcheck.limits;
    v_debt record;
    v_micros bigint;
    v_rest bigint;
begin
    if v_elapsed >= p_longest_us then
        return false;
    end if;
    perform set_config('synchronous_commit', 'off', true);
    insert into coatcheck.limit_refunds (reservation, until_us)
        values (p_reservation, v_now + p_longest_us - v_elapsed)
        on conflict do nothing;
    if not found then
        return false;
    end if;
    for i in 1 .. array_length(p_ids, 1) loop
        select * into v_row from coatcheck.limits l where l.id = p_ids[i] for update;
        continue when not found or p_costs[i] < v_elapsed;
        v_now := coatcheck.limit_clock_v1();
        v_debt := coatcheck.limit_debt_v1(v_row, v_now, p_permits[i], p_windows[i]);
        v_micros := v_debt.micros - (p_costs[i] - v_elapsed);
        v_rest := v_debt.rest - p_rests[i];
        if v_rest < 0 then
            v_micros := v_micros - 1;
            v_rest := v_rest + p_permits[i];
        end if;
        if v_micros < 0 then
            v_micros := 0;
            v_rest := 0;
        end if;
        update coatcheck.limits l
            set paid_at_us = v_now + v_micros, rest = v_rest, permits = p_permits[i], window_us = p_windows[i]
            where l.id = p_ids[i];
    end loop;
    return true;
end
$$;

-- Forgets keys whose permits are all back, a bounded number at a time; returns how many.
create function coatcheck.purge_limits_v1(p_limit int) returns int language plpgsql as $$
declare
    v_count int;
begin
    delete from coatcheck.limits l
        where l.id in (
            select due.id from coatcheck.limits due
                where due.paid_hour < coatcheck.limit_clock_v1() / 3600000000
                limit p_limit for update skip locked);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

-- Forgets what can no longer be given back anyway, a bounded number at a time; returns how many.
create function coatcheck.purge_refunds_v1(p_limit int) returns int language plpgsql as $$
declare
    v_count int;
begin
    delete from coatcheck.limit_refunds r
        where r.reservation in (
            select due.reservation from coatcheck.limit_refunds due
                where due.until_us < coatcheck.limit_clock_v1()
                limit p_limit for update skip locked);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
