-- What a claim has found out is handed to the next, which goes on from there.
--
-- Rounds: which groups it went past, so that it is known when a whole round of them had nothing that may start, and until
-- when that is so, however many claims it took.
--
-- Floors: up to when it has taken what was due. A job that is done leaves a row and entries of indexes behind that nobody
-- can clear away while any transaction is open that began before; every look from the very beginning goes past all of
-- them, and takes longer and longer. So where there are many, a claim looks from the floors first, and is done if that
-- brings all that it asked for. Otherwise it looks from the very beginning as well: no job waits because of a floor where
-- there is a free place for it. What comes in before the floor while every place is taken (a job that was given back, or
-- was committed late) is found when the last look from the very beginning is twenty times as long ago as it took, and
-- after two seconds at the latest.

-- What is known of the jobs of one priority.
create type coatcheck.job_round as (
    -- The group that had the last turn.
    last      text collate "C",
    -- After which group a round began in which nothing could be started until now; null where none is under way.
    since     text collate "C",
    -- Whether that round has gone past the last group, and on from the first.
    wrapped   boolean,
    -- When something may be started of what it has gone past.
    again_at  timestamptz,
    -- Of jobs without a group, what was due before was taken, but for what was committed later.
    floor     timestamptz);

-- Of one priority: whether jobs without and with a group may be run now; of those without, p_from on.
create function coatcheck.due_jobs_v3(
        p_queues text[], p_priority int, p_now timestamptz, p_from timestamptz, out plain boolean, out grouped boolean)
    language sql stable as $$
    select count(first_plain.due_at) > 0, count(first_grouped.due_at) > 0
        from unnest(p_queues) as q (name)
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp = ''
                    and j.due_at >= p_from and j.due_at <= p_now
                order by j.due_at limit 1) first_plain on true
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp <> ''
                    and j.due_at <= p_now
                order by j.due_at limit 1) first_grouped on true
$$;

-- Of one priority: when the next of those jobs may be run that may not now, if that is before p_before.
create function coatcheck.next_job_at_v3(p_queues text[], p_priority int, p_now timestamptz, p_before timestamptz)
    returns timestamptz language sql stable as $$
    select min(least(next_plain.due_at, next_grouped.due_at))
        from unnest(p_queues) as q (name)
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp = ''
                    and j.due_at > p_now and j.due_at < p_before
                order by j.due_at limit 1) next_plain on true
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp <> ''
                    and j.due_at > p_now and j.due_at < p_before
                order by j.due_at limit 1) next_grouped on true
$$;

-- Claims jobs of one group, or of none (''), and of one priority, that are due from p_from on. Returns each, how many were
-- picked, those among them that are dead instead because the worker of their last attempt had lost them, and when the last of
-- them was due; or, where limits forbid it, when to ask again.
create function coatcheck.claim_job_group_v3(
        p_queues text[], p_priority int, p_group text, p_max int, p_now timestamptz, p_lease_us bigint,
        p_from timestamptz,
        out jobs coatcheck.jobs[], out picked int, out last_due timestamptz, out again_at timestamptz)
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
    with picks as materialized (
        select due.id, due.due_at, due.spent
            from unnest(p_queues, v_allowed) as q (name, allowed)
            cross join lateral (
                select j.id, j.due_at, j.state = 1 and j.attempts >= j.max_attempts as spent
                    from coatcheck.jobs j
                    where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp = p_group
                        and j.due_at >= p_from and j.due_at <= p_now
                    order by j.due_at, j.id limit q.allowed for update skip locked) due
            order by due.due_at, due.id limit p_max),
    changed as (
        update coatcheck.jobs j
            set state = case when picks.spent then 2 else 1 end,
                attempts = j.attempts + case when picks.spent then 0 else 1 end,
                fence = j.fence + 1,
                due_at = case when picks.spent then p_now
                    else p_now + p_lease_us * interval '1 microsecond' end,
                last_error = case when picks.spent
                    then 'the worker of the last attempt lost the job: it died, or was cut off'
                    else j.last_error end
            from picks
            where j.id = picks.id
            returning j as job, picks.due_at as was_due_at)
    select
            coalesce(array_agg(c.job order by c.was_due_at, (c.job).id) filter (where (c.job).state = 1), '{}'),
            count(*), max(c.was_due_at)
        into jobs, picked, last_due
        from changed c;

    if v_limited then
        perform coatcheck.charge_job_group_v2(started.queue, p_group, started.number::int, p_now)
            from (select j.queue, count(*) as number from unnest(jobs) j group by j.queue) started;
    end if;
end
$$;

-- Gives turns to the groups of one priority, those after the one that had the last: of one job, then of two, of four, and so
-- on, until there are p_max jobs, or nothing more may be started, or p_turns are spent. A turn costs a few probes of
-- indexes, however many jobs wait in the group; that of a group in which nothing is due costs one, and takes no lock.
-- Returns when to ask again, where there is no job.
create function coatcheck.take_job_turns_v3(
        p_queues text[], p_priority int, p_max int, p_turns int, p_now timestamptz, p_lease_us bigint,
        p_from_floor boolean,
        inout round coatcheck.job_round, out jobs coatcheck.jobs[], out spent int, out again_at timestamptz)
    language plpgsql as $$
declare
    v_last text collate "C" := coalesce(round.last, '');
    v_since text collate "C" := coalesce(round.since, v_last);
    v_wrapped boolean := coalesce(round.wrapped, false);
    v_from timestamptz := case when p_from_floor then coalesce(round.floor, '-infinity') else '-infinity' end;
    v_pause interval := interval '50 milliseconds';
    v_unfinished boolean := false;
    v_found boolean := false;
    v_due record;
    v_group text collate "C";
    v_group_due boolean;
    v_quota int;
    v_turn record;
begin
    jobs := '{}';
    spent := 0;
    again_at := round.again_at;
    select * into v_due from coatcheck.due_jobs_v3(p_queues, p_priority, p_now, v_from);
    v_quota := case when v_due.grouped then 1 else p_max end;
    while v_due.plain or v_due.grouped loop
        v_group := null;
        if v_due.grouped then
            select following.grp, bool_or(following.due_at <= p_now) into v_group, v_group_due
                from unnest(p_queues) as q (name)
                cross join lateral (
                    select j.grp, j.due_at from coatcheck.jobs j
                        where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp > v_last
                        order by j.grp, j.due_at limit 1) following
                group by following.grp order by following.grp limit 1;
        end if;
        if v_group is null and not v_wrapped then
            v_wrapped := true;
            v_group := '';
            v_group_due := v_due.plain;
        elsif v_group is null or v_wrapped and v_group > v_since then
            exit when not v_found;
            v_found := false;
            v_since := v_last;
            v_wrapped := false;
            again_at := null;
            v_quota := least(v_quota::bigint * 2, 1000000);
            continue;
        end if;

        spent := spent + 1;
        if v_due.grouped then
            v_last := v_group;
        end if;
        if v_group_due then
            select * into v_turn from coatcheck.claim_job_group_v3(
                p_queues, p_priority, v_group, least(v_quota, p_max - cardinality(jobs)), p_now, p_lease_us,
                case when v_group = '' then v_from else '-infinity' end);
            if v_turn.picked > 0 then
                v_found := true;
                jobs := jobs || v_turn.jobs;
                if v_group = '' then
                    v_from := v_turn.last_due;
                    round.floor := v_from;
                end if;
                exit when cardinality(jobs) = p_max;
                -- Not on and on through groups that have nothing, once all is taken.
                select * into v_due from coatcheck.due_jobs_v3(p_queues, p_priority, p_now, v_from);
            else
                -- What no limit forbids, another transaction has locked: if that is rolled back, nobody tells of it.
                again_at := least(again_at, coalesce(v_turn.again_at, clock_timestamp() + v_pause));
            end if;
        end if;
        v_unfinished := spent = p_turns;
        exit when v_unfinished;
    end loop;

    if cardinality(jobs) = 0 or v_unfinished and not v_found then
        again_at := least(again_at, coatcheck.next_job_at_v3(
            p_queues, p_priority, p_now, least(again_at, p_now + interval '1 day')));
    end if;
    if not v_due.plain then
        round.floor := p_now;
    end if;
    -- What is being committed now was enqueued a little earlier.
    round.floor := least(coalesce(round.floor, '-infinity'), p_now - interval '1 second');
    round.last := v_last;
    round.since := case when v_unfinished and not v_found then v_since end;
    round.wrapped := case when v_unfinished and not v_found then v_wrapped end;
    round.again_at := case when v_unfinished and not v_found then again_at end;
    if v_unfinished then
        -- Not at once, and from now on, however long this has taken.
        again_at := clock_timestamp() + v_pause;
    end if;
end
$$;

-- Looks for jobs once, at priorities from the greatest down. There are at most 512 turns in one look: what has not been
-- found by then is found by the next, a little later. A priority has half of those that are left, so that groups that may
-- not start anything hold up no lower priority.
create function coatcheck.look_for_jobs_v3(
        p_queues text[], p_max int, p_now timestamptz, p_lease_us bigint, p_told boolean, p_from_floors boolean,
        inout rounds jsonb, out jobs coatcheck.jobs[], out again_at timestamptz)
    language plpgsql as $$
declare
    v_visited jsonb := '{}';
    v_priority bigint := 2147483648;
    v_known bigint;
    v_turns int := 512;
    v_round coatcheck.job_round;
    v_taken record;
begin
    jobs := '{}';
    while cardinality(jobs) < p_max and v_turns > 0 loop
        if p_from_floors then
            select max(r.priority::int) into v_known
                from jsonb_object_keys(rounds) as r (priority) where r.priority::int < v_priority;
        end if;
        -- Not past all that was done at a priority whose floor is known, but any that comes before it.
        select coalesce(max(top.priority), v_known) into v_priority
            from unnest(p_queues) as q (name)
            cross join lateral (
                select j.priority from coatcheck.jobs j
                    where j.queue = q.name and j.state < 2 and j.priority < v_priority
                        and j.priority > coalesce(v_known, -2147483649)
                    order by j.priority desc limit 1) top;
        exit when v_priority is null;

        v_round := jsonb_populate_record(null::coatcheck.job_round, rounds -> v_priority::text);
        if p_told then
            v_round := row(v_round.last, null, null, null, v_round.floor);
        end if;
        select * into v_taken from coatcheck.take_job_turns_v3(
            p_queues, v_priority::int, p_max - cardinality(jobs), (v_turns + 1) / 2, p_now, p_lease_us, p_from_floors,
            v_round);
        v_visited := v_visited || jsonb_build_object(v_priority, v_taken.round);
        v_turns := v_turns - v_taken.spent;
        jobs := jobs || v_taken.jobs;
        again_at := least(again_at, v_taken.again_at);
    end loop;

    -- What is known of other priorities is kept, unless they are many: an application may use each of them once.
    if (select count(*) from jsonb_object_keys(rounds)) > 100 then
        rounds := '{}';
    end if;
    rounds := rounds || v_visited;
end
$$;

-- Returns the claimed jobs, and after them one row without an id: what the next call is to be given as p_known, and, where
-- there is no job, in how many microseconds there may be one.
--
-- Whoever was told of these queues since the call before says so in p_told, and rounds that are under way begin anew.
create function coatcheck.claim_jobs_v3(
        p_queues text[], p_max int, p_lease_us bigint, p_known jsonb, p_told boolean)
    returns table (
        id uuid, queue text, grp text, payload text, attempt int, max_attempts int, fence bigint, known jsonb,
        next_due_us bigint)
    language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_looked_at timestamptz := (p_known ->> 'looked_at')::timestamptz;
    v_look_at timestamptz := v_looked_at + least(
        20 * (p_known ->> 'took_us')::bigint * interval '1 microsecond', interval '2 seconds');
    v_rounds jsonb := coalesce(p_known -> 'rounds', '{}');
    v_told boolean := p_told;
    v_jobs coatcheck.jobs[] := '{}';
    v_begun timestamptz;
    v_look record;
begin
    known := p_known;
    -- Few that were removed are gone past in no time. The server counts them, and is a second late.
    if v_now >= v_looked_at and v_now < v_look_at
            and pg_stat_get_dead_tuples('coatcheck.jobs'::regclass) > 10000 then
        select * into v_look from coatcheck.look_for_jobs_v3(
            p_queues, p_max, v_now, p_lease_us, v_told, true, v_rounds);
        v_jobs := v_look.jobs;
        v_rounds := v_look.rounds;
        v_told := false;
    end if;
    if cardinality(v_jobs) < p_max then
        v_begun := clock_timestamp();
        select * into v_look from coatcheck.look_for_jobs_v3(
            p_queues, p_max - cardinality(v_jobs), v_now, p_lease_us, v_told, false, v_rounds);
        v_jobs := v_jobs || v_look.jobs;
        v_rounds := v_look.rounds;
        known := jsonb_build_object(
            'looked_at', v_now, 'took_us', (extract(epoch from clock_timestamp() - v_begun) * 1000000)::bigint);
    end if;

    return query
        select j.id, j.queue, nullif(j.grp, ''), j.payload, j.attempts, j.max_attempts, j.fence,
                null::jsonb, null::bigint
            from unnest(v_jobs) j;
    known := known || jsonb_build_object('rounds', v_rounds);
    if cardinality(v_jobs) = 0 then
        next_due_us := extract(epoch from
            greatest(least(v_look.again_at, v_now + interval '1 day') - v_now, interval '0')) * 1000000;
    end if;
    return next;
end
$$;

-- As before, and whoever waits is told also where the job is dead: another of its group may run now.
create function coatcheck.fail_job_v2(p_id uuid, p_fence bigint, p_error text)
    returns setof bigint language plpgsql as $$
declare
    v_delay_ms bigint;
begin
    for v_delay_ms in select coatcheck.fail_job_v1(p_id, p_fence, p_error) loop
        if v_delay_ms < 0 then
            perform pg_notify('coatcheck_jobs', j.queue) from coatcheck.jobs j where j.id = p_id;
        end if;
        return next v_delay_ms;
    end loop;
end
$$;
