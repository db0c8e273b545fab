-- Floors for jobs in groups too; see 017-job-rounds.sql for those of jobs without one.
--
-- Where there are many rows that were removed and cannot be cleared away, a look from the very beginning notes which groups
-- have something that is due, and from when on. The looks that begin at the floors give turns to these groups, each from
-- where it stood, and go past nothing that was done before. A group in which nothing waited then is found by the next look
-- from the very beginning: at once where a place is free, and after two seconds at the latest. Where there are more groups
-- than turns, each is found by the index, and its turn goes past what was done of it: that is the less, the more they are.

-- What is known of the jobs of one priority.
create type coatcheck.job_round_v4 as (
    -- The group that had the last turn.
    last          text collate "C",
    -- After which group a round began in which nothing could be started until now; null where none is under way.
    since         text collate "C",
    -- Whether that round has gone past the last group, and on from the first.
    wrapped       boolean,
    -- When something may be started of what it has gone past.
    again_at      timestamptz,
    -- Before when nothing is due of jobs without and with a group, but for what came in since.
    plain_from    timestamptz,
    grouped_from  timestamptz,
    -- The groups that have something, in their order, and of each before when nothing is due; null where that is not known,
    -- or they are too many to be handed on.
    groups        text[] collate "C",
    groups_from   timestamptz[],
    -- When they were last found to be too many.
    too_many_at   timestamptz);

-- Of one priority: when the first of the jobs was due that may be run now, of those without and with a group, of which none
-- was due before; null where there is none.
create function coatcheck.due_jobs_v4(
        p_queues text[], p_priority int, p_now timestamptz, p_plain_from timestamptz, p_grouped_from timestamptz)
    returns table (plain_at timestamptz, grouped_at timestamptz) language sql stable as $$
    select min(first_plain.due_at), min(first_grouped.due_at)
        from unnest(p_queues) as q (name)
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp = ''
                    and j.due_at >= p_plain_from and j.due_at <= p_now
                order by j.due_at limit 1) first_plain on true
        left join lateral (
            select j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp <> ''
                    and j.due_at >= p_grouped_from and j.due_at <= p_now
                order by j.due_at limit 1) first_grouped on true
$$;

-- Of one priority: the group that follows another, and when the first of its jobs is due.
create function coatcheck.following_job_group_v4(p_queues text[], p_priority int, p_group text)
    returns table (grp text, due_at timestamptz) language sql stable as $$
    select following.grp, min(following.due_at)
        from unnest(p_queues) as q (name)
        cross join lateral (
            select j.grp, j.due_at from coatcheck.jobs j
                where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp > p_group collate "C"
                order by j.grp, j.due_at limit 1) following
        group by following.grp order by following.grp limit 1
$$;

-- Of one priority: the groups that have a job that may be run now, and when the first of each was due; null where more than
-- so many groups have jobs at all, which run or are delayed perhaps.
create function coatcheck.due_job_groups_v4(
        p_queues text[], p_priority int, p_now timestamptz, p_max int, out groups text[], out groups_from timestamptz[])
    language plpgsql stable as $$
declare
    v_group text collate "C" := '';
    v_due_at timestamptz;
begin
    groups := '{}';
    groups_from := '{}';
    for i in 0 .. p_max loop
        select f.grp, f.due_at into v_group, v_due_at
            from coatcheck.following_job_group_v4(p_queues, p_priority, v_group) f;
        if v_group is null then
            return;
        end if;
        if v_due_at <= p_now then
            groups := groups || v_group;
            groups_from := groups_from || v_due_at;
        end if;
    end loop;
    groups := null;
    groups_from := null;
end
$$;

-- As take_job_turns_v3, with floors for groups. p_look is 'floors' to begin where the claim before has ended, 'all' to begin at
-- the very beginning, and 'survey' to do so and note which groups there are.
create function coatcheck.take_job_turns_v4(
        p_queues text[], p_priority int, p_max int, p_turns int, p_now timestamptz, p_lease_us bigint, p_look text,
        inout round coatcheck.job_round_v4, out jobs coatcheck.jobs[], out spent int, out again_at timestamptz)
    language plpgsql as $$
declare
    v_last text collate "C" := coalesce(round.last, '');
    v_since text collate "C" := coalesce(round.since, v_last);
    v_wrapped boolean := coalesce(round.wrapped, false);
    v_from_floors boolean := p_look = 'floors';
    v_plain_at timestamptz := case when v_from_floors then coalesce(round.plain_from, '-infinity') else '-infinity' end;
    v_grouped_at timestamptz := case when v_from_floors then coalesce(round.grouped_from, '-infinity') else '-infinity' end;
    v_groups text[] collate "C" := case when v_from_floors then round.groups end;
    v_groups_from timestamptz[] := case when v_from_floors then round.groups_from end;
    -- What is being committed now was enqueued a little earlier.
    v_latest_floor timestamptz := p_now - interval '1 second';
    v_pause interval := interval '50 milliseconds';
    v_unfinished boolean := false;
    v_goes_on boolean;
    v_found boolean := false;
    v_in_order boolean;
    v_at int;
    v_group text collate "C";
    v_group_due boolean;
    v_quota int;
    v_turn record;
begin
    jobs := '{}';
    spent := 0;
    again_at := round.again_at;
    select d.plain_at, d.grouped_at into v_plain_at, v_grouped_at
        from coatcheck.due_jobs_v4(p_queues, p_priority, p_now, v_plain_at, v_grouped_at) d;
    if p_look = 'survey' then
        -- To count them goes past all that was done of them, as their turns do.
        if p_now < round.too_many_at or p_now >= round.too_many_at + interval '2 seconds' then
            round.too_many_at := null;
        end if;
        if v_grouped_at is null then
            v_groups := '{}';
            v_groups_from := '{}';
        elsif round.too_many_at is null then
            select g.groups, g.groups_from into v_groups, v_groups_from
                from coatcheck.due_job_groups_v4(p_queues, p_priority, p_now, p_turns) g;
            round.too_many_at := case when v_groups is null then p_now end;
        end if;
    end if;
    -- Where the limit of a group holds in one of several queues, a later job of another queue may be taken before its own.
    v_in_order := cardinality(p_queues) = 1
        or not exists (select from coatcheck.job_group_limits l where l.queue = any (p_queues));
    select count(*) into v_at from unnest(v_groups) g where g <= v_last;
    v_quota := case when v_grouped_at is not null then 1 else p_max end;
    while v_plain_at is not null or v_grouped_at is not null loop
        v_group := null;
        if v_grouped_at is not null and v_groups is not null then
            v_at := v_at + 1;
            v_group := v_groups[v_at];
            v_group_due := exists (
                select from unnest(p_queues) as q (name)
                    cross join lateral (
                        select from coatcheck.jobs j
                            where j.queue = q.name and j.state < 2 and j.priority = p_priority and j.grp = v_group
                                and j.due_at >= v_groups_from[v_at] and j.due_at <= p_now
                            order by j.due_at limit 1) first_due);
        elsif v_grouped_at is not null then
            select f.grp, f.due_at <= p_now into v_group, v_group_due
                from coatcheck.following_job_group_v4(p_queues, p_priority, v_last) f;
        end if;
        if v_group is null and not v_wrapped then
            v_wrapped := true;
            v_group := '';
            v_group_due := v_plain_at is not null;
            v_at := 0;
        elsif v_group is null or v_wrapped and v_group > v_since then
            exit when not v_found;
            v_found := false;
            v_since := v_last;
            v_wrapped := false;
            again_at := null;
            v_quota := least(v_quota::bigint * 2, 1000000);
            v_at := v_at - 1;
            continue;
        end if;

        spent := spent + 1;
        if v_grouped_at is not null then
            v_last := v_group;
        end if;
        if v_group_due then
            select * into v_turn from coatcheck.claim_job_group_v3(
                p_queues, p_priority, v_group, least(v_quota, p_max - cardinality(jobs)), p_now, p_lease_us,
                case when v_group = '' then v_plain_at else coalesce(v_groups_from[v_at], '-infinity') end);
            if v_turn.picked > 0 then
                v_found := true;
                jobs := jobs || v_turn.jobs;
                if v_group = '' then
                    v_plain_at := v_turn.last_due;
                elsif v_groups is not null and v_in_order then
                    v_groups_from[v_at] := least(v_turn.last_due, v_latest_floor);
                end if;
                exit when cardinality(jobs) = p_max;
                -- Not on and on through groups that have nothing, once all is taken.
                select d.plain_at, d.grouped_at into v_plain_at, v_grouped_at
                    from coatcheck.due_jobs_v4(
                        p_queues, p_priority, p_now, coalesce(v_plain_at, p_now), coalesce(v_grouped_at, p_now)) d;
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
    round.plain_from := least(v_plain_at, v_latest_floor);
    round.grouped_from := least(v_grouped_at, v_latest_floor);
    round.groups := v_groups;
    round.groups_from := v_groups_from;
    -- From the floors not all groups are seen: only who has taken a job moves on, and begins anew.
    if not v_from_floors or cardinality(jobs) > 0 then
        v_goes_on := v_unfinished and not v_found and not v_from_floors;
        round.last := v_last;
        round.since := case when v_goes_on then v_since end;
        round.wrapped := case when v_goes_on then v_wrapped end;
        round.again_at := case when v_goes_on then again_at end;
    end if;
    if v_unfinished then
        -- Not at once, and from now on, however long this has taken.
        again_at := clock_timestamp() + v_pause;
    end if;
end
$$;

-- As look_for_jobs_v3, on the rounds of this version.
create function coatcheck.look_for_jobs_v4(
        p_queues text[], p_max int, p_now timestamptz, p_lease_us bigint, p_told boolean, p_look text,
        inout rounds jsonb, out jobs coatcheck.jobs[], out again_at timestamptz)
    language plpgsql as $$
declare
    v_visited jsonb := '{}';
    v_priority bigint := 2147483648;
    v_known bigint;
    v_turns int := 512;
    v_round coatcheck.job_round_v4;
    v_taken record;
begin
    jobs := '{}';
    while cardinality(jobs) < p_max and v_turns > 0 loop
        if p_look = 'floors' then
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

        v_round := jsonb_populate_record(null::coatcheck.job_round_v4, rounds -> v_priority::text);
        if p_told then
            v_round.since := null;
            v_round.wrapped := null;
            v_round.again_at := null;
        end if;
        select * into v_taken from coatcheck.take_job_turns_v4(
            p_queues, v_priority::int, p_max - cardinality(jobs), (v_turns + 1) / 2, p_now, p_lease_us, p_look, v_round);
        v_visited := v_visited || jsonb_build_object(v_priority, v_taken.round);
        v_turns := v_turns - v_taken.spent;
        jobs := jobs || v_taken.jobs;
        again_at := least(again_at, v_taken.again_at);
    end loop;

    -- What is known of other priorities is kept, but for their groups once they may have others, and unless they are many: an
    -- application may use each of them once.
    if p_look <> 'floors' then
        rounds := (
            select coalesce(jsonb_object_agg(r.priority, r.round - '{groups,groups_from}'::text[]), '{}')
                from jsonb_each(rounds) as r (priority, round));
    end if;
    if (select count(*) from jsonb_object_keys(rounds)) > 100 then
        rounds := '{}';
    end if;
    rounds := rounds || v_visited;
end
$$;

-- As claim_jobs_v3, with floors for jobs in groups. Each look is for the first of the entries of one index, in its order. Who
-- knows statistics alone takes a table of much that was removed and little that is left for one that is read and sorted as
-- fast, and reads all that was removed each time. Before release 18 of the server, a sort that is off and needed yet costs more
-- than anything that is worth compiling, each time that it is run: so nothing is compiled.
create function coatcheck.claim_jobs_v4(
        p_queues text[], p_max int, p_lease_us bigint, p_known jsonb, p_told boolean)
    returns table (
        id uuid, queue text, grp text, payload text, attempt int, max_attempts int, fence bigint, known jsonb,
        next_due_us bigint)
    language plpgsql set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off set jit = off as $$
declare
    v_now timestamptz := clock_timestamp();
    v_looked_at timestamptz := (p_known ->> 'looked_at')::timestamptz;
    v_look_at timestamptz := v_looked_at + least(
        20 * (p_known ->> 'took_us')::bigint * interval '1 microsecond', interval '2 seconds');
    v_rounds jsonb := coalesce(p_known -> 'rounds', '{}');
    -- Few that were removed are gone past in no time. The server counts them, and is a second late.
    v_much_removed boolean := pg_stat_get_dead_tuples('coatcheck.jobs'::regclass) > 10000;
    v_jobs coatcheck.jobs[] := '{}';
    v_begun timestamptz;
    v_look record;
begin
    known := p_known;
    if v_much_removed and v_now >= v_looked_at and v_now < v_look_at then
        select * into v_look from coatcheck.look_for_jobs_v4(
            p_queues, p_max, v_now, p_lease_us, p_told, 'floors', v_rounds);
        v_jobs := v_look.jobs;
        v_rounds := v_look.rounds;
    end if;
    if cardinality(v_jobs) < p_max then
        v_begun := clock_timestamp();
        select * into v_look from coatcheck.look_for_jobs_v4(
            p_queues, p_max - cardinality(v_jobs), v_now, p_lease_us, p_told,
            case when v_much_removed then 'survey' else 'all' end, v_rounds);
        v_jobs := v_jobs || v_look.jobs;
        known := jsonb_build_object(
            'looked_at', v_now, 'took_us', (extract(epoch from clock_timestamp() - v_begun) * 1000000)::bigint);
    end if;

    return query
        select j.id, j.queue, nullif(j.grp, ''), j.payload, j.attempts, j.max_attempts, j.fence,
                null::jsonb, null::bigint
            from unnest(v_jobs) j;
    known := known || jsonb_build_object('rounds', v_look.rounds);
    if cardinality(v_jobs) = 0 then
        next_due_us := extract(epoch from
            greatest(least(v_look.again_at, v_now + interval '1 day') - v_now, interval '0')) * 1000000;
    end if;
    return next;
end
$$;
