-- Jobs: one table. Who may claim a job is decided by due_at alone, whether the job waits for its time or for the end of
-- a lease, so there is one index, and nothing has to look for dead workers.

create table coatcheck.jobs (
    id              uuid primary key,
    queue           text collate "C" not null,
    priority        int not null,
    -- When it may be claimed: a waiting job at its time, a running one when its lease ends. A dead one: when it died.
    due_at          timestamptz not null,
    -- 0 waits, 1 runs, 2 is dead.
    state           smallint not null,
    -- Grows whenever the job changes hands, so that who had it before can do nothing to it.
    fence           bigint not null,
    attempts        int not null,
    max_attempts    int not null,
    first_delay_ms  bigint not null,
    max_delay_ms    bigint not null,
    enqueued_at     timestamptz not null,
    run_at          timestamptz not null,
    unique_key      text collate "C",
    payload         text not null,
    last_error      text
) with (
    -- A queue is mostly rows that were: vacuum often and without pauses, so that the table and the front of the index
    -- stay as small as what is alive.
    autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0.1);

create index jobs_due on coatcheck.jobs (queue, priority desc, due_at, id) where state < 2;

create unique index jobs_unique_key on coatcheck.jobs (queue, unique_key) where state < 2 and unique_key is not null;

create index jobs_dead on coatcheck.jobs (queue, due_at desc, id desc) where state = 2;

-- Returns the id of the job that stands for this one: its own, or that of the job that has its unique key.
create function coatcheck.enqueue_job_v1(
        p_id uuid, p_queue text, p_payload text, p_delay_us bigint, p_priority int, p_unique_key text,
        p_max_attempts int, p_first_delay_ms bigint, p_max_delay_ms bigint)
    returns uuid language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_run_at timestamptz := v_now + p_delay_us * interval '1 microsecond';
    v_holder uuid;
begin
    loop
        insert into coatcheck.jobs (
                id, queue, priority, due_at, state, fence, attempts, max_attempts, first_delay_ms, max_delay_ms,
                enqueued_at, run_at, unique_key, payload)
            values (
                p_id, p_queue, p_priority, v_run_at, 0, 0, 0, p_max_attempts, p_first_delay_ms, p_max_delay_ms,
                v_now, v_run_at, p_unique_key, p_payload)
            on conflict (queue, unique_key) where state < 2 and unique_key is not null do nothing;
        if found then
            perform pg_notify('coatcheck_jobs', p_queue);
            return p_id;
        end if;
        select j.id into v_holder from coatcheck.jobs j
            where j.queue = p_queue and j.unique_key = p_unique_key and j.state < 2;
        if found then
            return v_holder;
        end if;
        -- The holder ended between the two: begin again.
    end loop;
end
$$;

-- Returns the claimed jobs in their order; or, where there is none, one row that tells in how many microseconds there
-- will be one; or nothing.
--
-- Priorities are visited from the greatest down, each by one probe of the index: delayed jobs of a greater priority
-- cost nothing, however many there are.
create function coatcheck.claim_jobs_v1(p_queues text[], p_max int, p_lease_us bigint)
    returns table (
        id uuid, queue text, payload text, attempt int, max_attempts int, fence bigint, next_due_us bigint)
    language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_priority bigint := 2147483648;
    v_left int := p_max;
    v_asked int;
    v_picked int;
    v_next_due timestamptz;
    v_job record;
begin
    while v_left > 0 loop
        select max(top.priority) into v_priority
            from unnest(p_queues) as q (name)
            cross join lateral (
                select j.priority from coatcheck.jobs j
                    where j.queue = q.name and j.state < 2 and j.priority < v_priority
                    order by j.priority desc limit 1) top;
        exit when v_priority is null;

        loop
            v_asked := v_left;
            v_picked := 0;
            -- Of several queues more rows may be locked than are taken, until the end of this statement.
            for v_job in
                with picked as materialized (
                    select due.id, due.due_at, due.spent
                        from unnest(p_queues) as q (name)
                        cross join lateral (
                            select j.id, j.due_at, j.state = 1 and j.attempts >= j.max_attempts as spent
                                from coatcheck.jobs j
                                where j.queue = q.name and j.state < 2 and j.priority = v_priority
                                    and j.due_at <= v_now
                                order by j.due_at, j.id limit v_asked for update skip locked) due
                        order by due.due_at, due.id limit v_asked),
                changed as (
                    update coatcheck.jobs j
                        set state = case when picked.spent then 2 else 1 end,
                            attempts = j.attempts + case when picked.spent then 0 else 1 end,
                            fence = j.fence + 1,
                            due_at = case when picked.spent then v_now
                                else v_now + p_lease_us * interval '1 microsecond' end,
                            last_error = case when picked.spent
                                then 'the worker of the last attempt lost the job: it died, or was cut off'
                                else j.last_error end
                        from picked
                        where j.id = picked.id
                        returning j.*, picked.due_at as was_due_at)
                select * from changed c order by c.was_due_at, c.id
            loop
                v_picked := v_picked + 1;
                if v_job.state = 1 then
                    v_left := v_left - 1;
                    id := v_job.id;
                    queue := v_job.queue;
                    payload := v_job.payload;
                    attempt := v_job.attempts;
                    max_attempts := v_job.max_attempts;
                    fence := v_job.fence;
                    return next;
                end if;
            end loop;
            exit when v_left = 0 or v_picked < v_asked;
        end loop;

        if v_left = p_max then
            select least(v_next_due, min(soonest.due_at)) into v_next_due
                from unnest(p_queues) as q (name)
                cross join lateral (
                    select j.due_at from coatcheck.jobs j
                        where j.queue = q.name and j.state < 2 and j.priority = v_priority and j.due_at > v_now
                        order by j.due_at limit 1) soonest;
        end if;
    end loop;
    if v_left = p_max and v_next_due is not null then
        next_due_us := extract(epoch from least(v_next_due, v_now + interval '1 day') - v_now) * 1000000;
        return next;
    end if;
end
$$;

-- Returns which jobs were renewed.
create function coatcheck.renew_jobs_v1(p_ids uuid[], p_fences bigint[], p_lease_us bigint)
    returns setof uuid language sql as $$
    with held as materialized (
        select j.id from coatcheck.jobs j
            join unnest(p_ids, p_fences) as claimed (id, fence) on j.id = claimed.id and j.fence = claimed.fence
            where j.state = 1
            -- In one order, so that two who renew and give back the same jobs do not wait for each other.
            order by j.id for update of j)
    update coatcheck.jobs j set due_at = clock_timestamp() + p_lease_us * interval '1 microsecond'
        from held where j.id = held.id
        returning j.id
$$;

-- Returns the delay until the next attempt; -1 where that was the last; nothing where the job is another's.
create function coatcheck.fail_job_v1(p_id uuid, p_fence bigint, p_error text)
    returns setof bigint language plpgsql as $$
declare
    v_job coatcheck.jobs;
    v_now timestamptz := clock_timestamp();
    v_longest double precision;
    v_delay_ms bigint;
begin
    select * into v_job from coatcheck.jobs j
        where j.id = p_id and j.fence = p_fence and j.state = 1 for update;
    if not found then
        return;
    end if;
    if v_job.attempts >= v_job.max_attempts then
        update coatcheck.jobs j
            set state = 2, fence = j.fence + 1, due_at = v_now, last_error = p_error where j.id = p_id;
        return next -1;
        return;
    end if;
    v_longest := least(v_job.first_delay_ms * power(2::float8, least(v_job.attempts - 1, 62)), v_job.max_delay_ms);
    v_delay_ms := floor(v_longest / 2 + v_longest / 2 * random());
    update coatcheck.jobs j
        set state = 0, fence = j.fence + 1, last_error = p_error,
            due_at = v_now + v_delay_ms * interval '1 millisecond',
            run_at = v_now + v_delay_ms * interval '1 millisecond'
        where j.id = p_id;
    perform pg_notify('coatcheck_jobs', v_job.queue);
    return next v_delay_ms;
end
$$;

create function coatcheck.give_back_jobs_v1(p_ids uuid[], p_fences bigint[]) returns void language plpgsql as $$
declare
    v_queue text;
begin
    for v_queue in
        with held as materialized (
            select j.id from coatcheck.jobs j
                join unnest(p_ids, p_fences) as claimed (id, fence) on j.id = claimed.id and j.fence = claimed.fence
                where j.state = 1
                order by j.id for update of j),
        given as (
            update coatcheck.jobs j
                set state = 0, fence = j.fence + 1, attempts = j.attempts - 1, due_at = j.run_at
                from held where j.id = held.id
                returning j.queue)
        select distinct g.queue from given g
    loop
        perform pg_notify('coatcheck_jobs', v_queue);
    end loop;
end
$$;

create function coatcheck.replay_job_v1(p_id uuid) returns boolean language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_queue text;
begin
    update coatcheck.jobs j
        set state = 0, fence = j.fence + 1, attempts = 0, due_at = v_now, run_at = v_now, last_error = null
        where j.id = p_id and j.state = 2
        returning j.queue into v_queue;
    if not found then
        return false;
    end if;
    perform pg_notify('coatcheck_jobs', v_queue);
    return true;
exception
    -- Another job has its unique key.
    when unique_violation then return false;
end
$$;
