-- Jobs in bulk: several in one round trip and one transaction, at both ends of their lives.
--
-- And in groups: the jobs of one customer take turns with those of the others, however many there are of them. Who
-- enqueues writes nothing but its jobs, so that two transactions never wait for each other because of a group. The turns
-- are found when jobs are claimed: an index leads from one group to the next, past all that waits in the first.

alter table coatcheck.jobs add column grp text collate "C" not null default '';

-- In the order of the turns. Jobs without a group have '' for one, and a turn as if they were a group.
create index jobs_turns on coatcheck.jobs (queue, priority desc, grp, due_at, id) where state < 2;
drop index coatcheck.jobs_due;

-- Whether any job of a group may be run, and when the next may, without a look at each group.
create index jobs_grouped_due on coatcheck.jobs (queue, priority desc, due_at) where state < 2 and grp <> '';

-- What runs, and how much of each group.
create index jobs_running on coatcheck.jobs (queue, grp, due_at) where state = 1;

-- What a group may; that of '' holds for all of the queue that have none of their own.
create table coatcheck.job_group_limits (
    queue        text collate "C" not null,
    grp          text collate "C" not null,
    concurrency  int not null,
    starts       int not null,
    window_us    bigint not null,
    primary key (queue, grp));

-- Of groups whose rate is limited: when they will have room for a whole window's starts again (the theoretical arrival
-- time of the generic cell rate algorithm).
create table coatcheck.job_group_rates (
    queue    text collate "C" not null,
    grp      text collate "C" not null,
    free_at  timestamptz not null,
    primary key (queue, grp)) with (fillfactor = 50);

create index job_group_rates_free on coatcheck.job_group_rates (free_at);

-- Returns for each job, in their order, the id of the job that stands for it: its own, or that of the job that has its
-- unique key. The jobs of one call are a microsecond apart, so that they are claimed in their order.
create function coatcheck.enqueue_jobs_v2(
        p_ids uuid[], p_queues text[], p_groups text[], p_payloads text[], p_delays_us bigint[], p_priorities int[],
        p_unique_keys text[], p_max_attempts int[], p_first_delays_ms bigint[], p_max_delays_ms bigint[])
    returns setof uuid language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_standing uuid[] := array_fill(null::uuid, array[cardinality(p_ids)]);
begin
    loop
        insert into coatcheck.jobs (
                id, queue, grp, priority, due_at, state, fence, attempts, max_attempts, first_delay_ms, max_delay_ms,
                enqueued_at, run_at, unique_key, payload)
            select
                new.id, new.queue, coalesce(new.grp, ''), new.priority,
                moment.at + new.delay_us * interval '1 microsecond', 0, 0, 0,
                new.max_attempts, new.first_delay_ms, new.max_delay_ms,
                moment.at, moment.at + new.delay_us * interval '1 microsecond', new.unique_key, new.payload
            from unnest(
                    p_ids, p_queues, p_groups, p_payloads, p_delays_us, p_priorities, p_unique_keys, p_max_attempts,
                    p_first_delays_ms, p_max_delays_ms) with ordinality as new (
                    id, queue, grp, payload, delay_us, priority, unique_key, max_attempts,
                    first_delay_ms, max_delay_ms, number)
            cross join lateral (select v_now + (new.number - 1) * interval '1 microsecond' as at) moment
            where v_standing[new.number] is null
            -- In one order, so that two who enqueue the same keys do not wait for each other.
            order by new.queue collate "C", new.unique_key collate "C", new.number
            on conflict (queue, unique_key) where state < 2 and unique_key is not null do nothing;

        select array_agg(coalesce(v_standing[new.number], own.id, holder.id) order by new.number) into v_standing
            from unnest(p_ids, p_queues, p_unique_keys) with ordinality as new (id, queue, unique_key, number)
            left join coatcheck.jobs own on own.id = new.id
            left join coatcheck.jobs holder
                on holder.queue = new.queue and holder.unique_key = new.unique_key and holder.state < 2;
        -- The holder of a key ended between the two: once more for those that had it.
        exit when array_position(v_standing, null) is null;
    end loop;

    perform pg_notify('coatcheck_jobs', added.queue)
        from (select distinct new.queue
            from unnest(p_ids, p_queues, v_standing) as new (id, queue, standing)
            where new.standing = new.id) added;
    return query select unnest(v_standing);
end
$$;

-- Returns which jobs were completed.
create function coatcheck.complete_jobs_v2(p_ids uuid[], p_fences bigint[]) returns setof uuid language plpgsql as $$
declare
    v_ended record;
begin
    for v_ended in
        with held as materialized (
            select j.id from coatcheck.jobs j
                join unnest(p_ids, p_fences) as claimed (id, fence) on j.id = claimed.id and j.fence = claimed.fence
                where j.state = 1
                -- In one order, so that two who end the same jobs do not wait for each other.
                order by j.id for update of j)
        delete from coatcheck.jobs j using held where j.id = held.id
            returning j.id, j.queue, j.grp
    loop
        if v_ended.grp <> '' and exists (select from coatcheck.job_group_limits l where l.queue = v_ended.queue) then
            -- Another of its group may run now.
            perform pg_notify('coatcheck_jobs', v_ended.queue);
        end if;
        return next v_ended.id;
    end loop;
end
$$;

create function coatcheck.limit_job_group_v2(
        p_queue text, p_group text, p_concurrency int, p_starts int, p_window_us bigint)
    returns void language plpgsql as $$
begin
    if p_concurrency = 2147483647 and p_starts = 2147483647 then
        delete from coatcheck.job_group_limits l where l.queue = p_queue and l.grp = p_group;
    else
        insert into coatcheck.job_group_limits as l values (p_queue, p_group, p_concurrency, p_starts, p_window_us)
            on conflict (queue, grp) do update
                set concurrency = excluded.concurrency, starts = excluded.starts, window_us = excluded.window_us;
    end if;
    -- Jobs that had to wait may not have to any more.
    perform pg_notify('coatcheck_jobs', p_queue);
end
$$;

-- How many jobs of a group may be started now, at the most p_wanted; and, where none may, when to ask again.
create function coatcheck.allow_job_group_v2(
        p_queue text, p_group text, p_wanted int, p_now timestamptz, out allowed int, out again_at timestamptz)
    language plpgsql as $$
declare
    v_limit coatcheck.job_group_limits;
    v_running int;
    v_debt_us bigint;
begin
    allowed := p_wanted;
    select * into v_limit from coatcheck.job_group_limits l
        where l.queue = p_queue and l.grp in ('', p_group) order by l.grp desc limit 1;
    if not found then
        return;
    end if;
    -- Only one decides about a group at a time, until its end; what it has started is seen by the next.
    if not pg_try_advisory_xact_lock(
            hashtextextended('coatcheck_job_group ' || length(p_queue) || ' ' || p_queue || p_group, 0)) then
        allowed := 0;
        again_at := p_now + interval '5 milliseconds';
        return;
    end if;

    if v_limit.concurrency < 2147483647 then
        select count(*) into v_running from (
            select from coatcheck.jobs j
                where j.queue = p_queue and j.grp = p_group and j.state = 1 and j.due_at > p_now
                limit v_limit.concurrency) running;
        allowed := least(allowed, v_limit.concurrency - v_running);
        if allowed = 0 then
            select min(j.due_at) into again_at from coatcheck.jobs j
                where j.queue = p_queue and j.grp = p_group and j.state = 1 and j.due_at > p_now;
            return;
        end if;
    end if;

    if v_limit.starts < 2147483647 then
        select greatest(extract(epoch from r.free_at - p_now) * 1000000, 0) into v_debt_us
            from coatcheck.job_group_rates r where r.queue = p_queue and r.grp = p_group;
        v_debt_us := coalesce(v_debt_us, 0);
        allowed := least(allowed, greatest(0, floor(
            (v_limit.window_us - v_debt_us)::numeric * v_limit.starts / v_limit.window_us)));
        if allowed = 0 then
            again_at := p_now + (v_debt_us + v_limit.window_us / v_limit.starts + 1 - v_limit.window_us)
                * interval '1 microsecond';
        end if;
    end if;
end
$$;

-- Notes that so many of a group were started, where its rate is limited.
create function coatcheck.charge_job_group_v2(p_queue text, p_group text, p_started int, p_now timestamptz)
    returns void language sql as $$
    insert into coatcheck.job_group_rates as r
        select p_queue, p_group, p_now + p_started * (chosen.window_us / chosen.starts) * interval '1 microsecond'
            from (
                select l.window_us, l.starts
                    from coatcheck.job_group_limits l
                    where l.queue = p_queue and l.grp in ('', p_group) order by l.grp desc limit 1) chosen
            where chosen.starts < 2147483647
        on conflict (queue, grp) do update
            set free_at = greatest(r.free_at, p_now) + (excluded.free_at - p_now)
$$;

-- Claims jobs of one group, or of none (''), and of one priority. Returns each, and how many jobs were dead instead,
-- since the worker of their last attempt had lost them; or, where limits forbid it, when to ask again.
create function coatcheck.claim_job_group_v2(
        p_queues text[], p_priority int, p_group text, p_max int, p_now timestamptz, p_lease_us bigint,
        out jobs coatcheck.jobs[], out dead int, out again_at timestamptz)
    language plpgsql as $$
declare
    v_allowed int[] := array_fill(p_max, array[cardinality(p_queues)]);
    v_limited boolean := p_group <> ''
        and exists (select from coatcheck.job_group_limits l where l.queue = any (p_queues));
    v_one record;
begin
    if v_limited then
        for i in 1 .. cardinality(p_queues) loop
            select * into v_one from coatcheck.allow_job_group_v2(p_queues[i], p_group, p_max, p_now);
            v_allowed[i] := v_one.allowed;
            again_at := least(again_at, v_one.again_at);
        end loop;
    end if;

    -- Of several queues more rows may be locked than are taken, until the end of this statement.
    with picked as materialized (
        select due.id, due.due_at, due.spent
            from unnest(p_queues, v_allowed) as q (name, allowed)
            cross join lateral (
                select j.id, j.due_at, j.state = 1 and j.attempts >= j.max_attempts as spent
                    from coatcheck.jobs j
                    where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp = p_group
                        and j.due_at <= p_now
                    order by j.due_at, j.id limit q.allowed for update skip locked) due
            order by due.due_at, due.id limit p_max),
    changed as (
        update coatcheck.jobs j
            set state = case when picked.spent then 2 else 1 end,
                attempts = j.attempts + case when picked.spent then 0 else 1 end,
                fence = j.fence + 1,
                due_at = case when picked.spent then p_now
                    else p_now + p_lease_us * interval '1 microsecond' end,
                last_error = case when picked.spent
                    then 'the worker of the last attempt lost the job: it died, or was cut off'
                    else j.last_error end
            from picked
            where j.id = picked.id
            returning j as job, picked.due_at as was_due_at)
    select
            coalesce(array_agg(c.job order by c.was_due_at, (c.job).id) filter (where (c.job).state = 1), '{}'),
            count(*) filter (where (c.job).state = 2)
        into jobs, dead
        from changed c;

    if v_limited then
        perform coatcheck.charge_job_group_v2(started.queue, p_group, started.number::int, p_now)
            from (select j.queue, count(*) as number from unnest(jobs) j group by j.queue) started;
    end if;
end
$$;

-- Returns the claimed jobs; or, where there is none, one row that tells in how many microseconds there will be one; or
-- nothing. With it the group that had the last turn, for the next call to go on from; null where no group had one.
--
-- Priorities are visited from the greatest down. At each, the groups after p_after take turns of one job, then of two,
-- of four, and so on, until there is enough. A turn costs a few probes of indexes, however many jobs wait in the group,
-- and there are at most 512 turns in one call: what has not been found by then is found by the next, a little later. A
-- priority has half of those that are left, so that groups that may not start anything hold up no lower priority.
create function coatcheck.claim_jobs_v2(p_queues text[], p_max int, p_lease_us bigint, p_after text)
    returns table (
        id uuid, queue text, grp text, payload text, attempt int, max_attempts int, fence bigint, last_turn text,
        next_due_us bigint)
    language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_priority bigint := 2147483648;
    v_left int := p_max;
    v_all_turns int := 512;
    v_turns int;
    v_unfinished boolean := false;
    v_last text collate "C" := p_after;
    v_first text collate "C";
    v_group text collate "C";
    v_wrapped boolean;
    v_quota int;
    v_found int;
    v_due record;
    v_turn record;
    v_next_due timestamptz;
begin
    while v_left > 0 and v_all_turns > 0 loop
        select max(top.priority) into v_priority
            from unnest(p_queues) as q (name)
            cross join lateral (
                select j.priority from coatcheck.jobs j
                    where j.queue = q.name and j.state < 2 and j.priority < v_priority
                    order by j.priority desc limit 1) top;
        exit when v_priority is null;

        select * into v_due from coatcheck.due_jobs_v2(p_queues, v_priority::int, v_now);
        v_turns := (v_all_turns + 1) / 2;
        v_all_turns := v_all_turns - v_turns;
        v_quota := case when v_due.grouped then 1 else v_left end;
        v_found := case when v_due.grouped or v_due.plain then 1 else 0 end;
        while v_found > 0 and v_left > 0 and v_turns > 0 loop
            v_found := 0;
            v_first := v_last;
            v_wrapped := false;
            loop
                v_group := null;
                if v_due.grouped then
                    select min(following.grp) into v_group
                        from unnest(p_queues) as q (name)
                        cross join lateral (
                            select j.grp from coatcheck.jobs j
                                where j.queue = q.name and j.state < 2 and j.priority = v_priority and j.grp > v_last
                                order by j.grp limit 1) following;
                end if;
                if v_group is null then
                    exit when v_wrapped;
                    v_wrapped := true;
                    v_group := '';
                end if;
                exit when v_wrapped and v_group > v_first;

                v_turns := v_turns - 1;
                if v_due.grouped then
                    v_last := v_group;
                end if;
                select * into v_turn from coatcheck.claim_job_group_v2(
                    p_queues, v_priority::int, v_group, least(v_quota, v_left), v_now, p_lease_us);
                v_next_due := least(v_next_due, v_turn.again_at);
                v_found := v_found + v_turn.dead + cardinality(v_turn.jobs);
                v_left := v_left - cardinality(v_turn.jobs);
                return query
                    select j.id, j.queue, nullif(j.grp, ''), j.payload, j.attempts, j.max_attempts, j.fence,
                            nullif(v_last, p_after collate "C"),
                            null::bigint
                        from unnest(v_turn.jobs) j;
                exit when v_left = 0 or v_turns = 0;
                if v_found > 0 then
                    -- Not on and on through groups that have nothing, once all is taken.
                    select * into v_due from coatcheck.due_jobs_v2(p_queues, v_priority::int, v_now);
                    exit when not v_due.grouped and not v_due.plain;
                end if;
            end loop;
            exit when not v_due.grouped and not v_due.plain;
            v_quota := least(v_quota::bigint * 2, 1000000);
        end loop;
        v_next_due := least(v_next_due, v_due.next_at);
        v_unfinished := v_unfinished or v_turns = 0;
        v_all_turns := v_all_turns + v_turns;
    end loop;

    if v_left = p_max and v_unfinished then
        -- Not at once: where very many groups may not start anything, it would be for ever.
        v_next_due := least(v_next_due, v_now + interval '50 milliseconds');
    end if;
    if v_left = p_max and v_next_due is not null then
        last_turn := nullif(v_last, p_after collate "C");
        next_due_us := extract(epoch from
            greatest(least(v_next_due, v_now + interval '1 day') - v_now, interval '0')) * 1000000;
        return next;
    end if;
end
$$;

-- Of one priority: whether jobs without and with a group may be run now, and when the next of those that may not will.
create function coatcheck.due_jobs_v2(
        p_queues text[], p_priority int, p_now timestamptz, out plain boolean, out grouped boolean, out next_at timestamptz)
    language sql stable as $$
    select
            coalesce(bool_or(first_plain.due_at <= p_now), false),
            coalesce(bool_or(first_grouped.due_at <= p_now), false),
            min(least(next_plain.due_at, next_grouped.due_at))
        from unnest(p_queues) as q (name)
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp = ''
                order by j.due_at limit 1) first_plain on true
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp <> ''
                order by j.due_at limit 1) first_grouped on true
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp = '' and j.due_at > p_now
                order by j.due_at limit 1) next_plain on true
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp <> '' and j.due_at > p_now
                order by j.due_at limit 1) next_grouped on true
$$;

-- For processes of an earlier release, while both run: limits hold for them too.
create or replace function coatcheck.claim_jobs_v1(p_queues text[], p_max int, p_lease_us bigint)
    returns table (
        id uuid, queue text, payload text, attempt int, max_attempts int, fence bigint, next_due_us bigint)
    language sql as $$
    select c.id, c.queue, c.payload, c.attempt, c.max_attempts, c.fence, c.next_due_us
        from coatcheck.claim_jobs_v2(p_queues, p_max, p_lease_us, '') c
$$;

-- Removes what says no more than no row would.
create function coatcheck.purge_job_rates_v2(p_max int) returns int language plpgsql as $$
declare
    v_purged int;
begin
    delete from coatcheck.job_group_rates r
        where (r.queue, r.grp) in (
            select free.queue, free.grp from coatcheck.job_group_rates free
                where free.free_at < clock_timestamp() limit p_max for update skip locked);
    get diagnostics v_purged = row_count;
    return v_purged;
end
$$;
