-- Rounds: what a claim has found out of the groups that it went past is handed to the next, which goes on from there. So it
-- is known when a whole round of them had nothing that may start, and until when that is so, however many claims it took.

-- The turns of one priority.
create type coatcheck.job_round as (
    -- The group that had the last.
    last      text collate "C",
    -- After which group a round began in which nothing could be started until now; null where none is under way.
    since     text collate "C",
    -- Whether that round has gone past the last group, and on from the first.
    wrapped   boolean,
    -- When something may be started of what it has gone past.
    again_at  timestamptz);

-- Gives turns to the groups of one priority, those after the one that had the last: of one job, then of two, of four, and so
-- on, until there are p_max jobs, or nothing more may be started, or p_turns are spent. A turn costs a few probes of
-- indexes, however many jobs wait in the group; that of a group in which nothing is due costs one, and takes no lock.
-- Returns when to ask again, where there is no job.
create function coatcheck.take_job_turns_v3(
        p_queues text[], p_priority int, p_max int, p_turns int, p_now timestamptz, p_lease_us bigint,
        inout round coatcheck.job_round, out jobs coatcheck.jobs[], out spent int, out again_at timestamptz)
    language plpgsql as $$
declare
    v_last text collate "C" := coalesce(round.last, '');
    v_since text collate "C" := coalesce(round.since, v_last);
    v_wrapped boolean := coalesce(round.wrapped, false);
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
    select * into v_due from coatcheck.due_jobs_v2(p_queues, p_priority, p_now);
    again_at := least(round.again_at, v_due.next_at);
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
            again_at := v_due.next_at;
            v_quota := least(v_quota::bigint * 2, 1000000);
            continue;
        end if;

        spent := spent + 1;
        if v_due.grouped then
            v_last := v_group;
        end if;
        if v_group_due then
            select * into v_turn from coatcheck.claim_job_group_v2(
                p_queues, p_priority, v_group, least(v_quota, p_max - cardinality(jobs)), p_now, p_lease_us);
            if v_turn.dead + cardinality(v_turn.jobs) > 0 then
                v_found := true;
                jobs := jobs || v_turn.jobs;
                -- Not on and on through groups that have nothing, once all is taken.
                select * into v_due from coatcheck.due_jobs_v2(p_queues, p_priority, p_now);
            else
                -- What no limit forbids, another transaction has locked: if that is rolled back, nobody tells of it.
                again_at := least(again_at, coalesce(v_turn.again_at, clock_timestamp() + v_pause));
            end if;
        end if;
        exit when cardinality(jobs) = p_max;
        v_unfinished := spent = p_turns;
        exit when v_unfinished;
    end loop;

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

-- Returns the claimed jobs, and after them one row without an id: what the next call is to be given as p_turns, and, where
-- there is no job, in how many microseconds there may be one.
--
-- Priorities are visited from the greatest down. There are at most 512 turns in one call: what has not been found by then
-- is found by the next, a little later. A priority has half of those that are left, so that groups that may not start
-- anything hold up no lower priority.
--
-- Whoever was told of these queues since the call before says so in p_told, and rounds that are under way begin anew.
create function coatcheck.claim_jobs_v3(
        p_queues text[], p_max int, p_lease_us bigint, p_turns jsonb, p_told boolean)
    returns table (
        id uuid, queue text, grp text, payload text, attempt int, max_attempts int, fence bigint, turns jsonb,
        next_due_us bigint)
    language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_priority bigint := 2147483648;
    v_left int := p_max;
    v_all_turns int := 512;
    v_turns jsonb := p_turns;
    v_round coatcheck.job_round;
    v_taken record;
    v_again_at timestamptz;
begin
    while v_left > 0 and v_all_turns > 0 loop
        select max(top.priority) into v_priority
            from unnest(p_queues) as q (name)
            cross join lateral (
                select j.priority from coatcheck.jobs j
                    where j.queue = q.name and j.state < 2 and j.priority < v_priority
                    order by j.priority desc limit 1) top;
        exit when v_priority is null;

        v_round := jsonb_populate_record(null::coatcheck.job_round, p_turns -> v_priority::text);
        if p_told then
            v_round := row(v_round.last, null, null, null);
        end if;
        select * into v_taken from coatcheck.take_job_turns_v3(
            p_queues, v_priority::int, v_left, (v_all_turns + 1) / 2, v_now, p_lease_us, v_round);
        v_turns := v_turns || jsonb_build_object(v_priority, v_taken.round);
        v_all_turns := v_all_turns - v_taken.spent;
        v_left := v_left - cardinality(v_taken.jobs);
        v_again_at := least(v_again_at, v_taken.again_at);
        return query
            select j.id, j.queue, nullif(j.grp, ''), j.payload, j.attempts, j.max_attempts, j.fence,
                    null::jsonb, null::bigint
                from unnest(v_taken.jobs) j;
    end loop;

    turns := v_turns;
    if v_left = p_max then
        next_due_us := extract(epoch from
            greatest(least(v_again_at, v_now + interval '1 day') - v_now, interval '0')) * 1000000;
    end if;
    return next;
end
$$;
