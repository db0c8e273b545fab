-- Jobs in bulk: several in one round trip and one transaction, at both ends of their lives.

-- Returns for each job, in their order, the id of the job that stands for it: its own, or that of the job that has its
-- unique key. The jobs of one call are a microsecond apart, so that they are claimed in their order.
create function coatcheck.enqueue_jobs_v2(
        p_ids uuid[], p_queues text[], p_payloads text[], p_delays_us bigint[], p_priorities int[], p_unique_keys text[],
        p_max_attempts int[], p_first_delays_ms bigint[], p_max_delays_ms bigint[])
    returns setof uuid language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_standing uuid[] := array_fill(null::uuid, array[cardinality(p_ids)]);
begin
    loop
        insert into coatcheck.jobs (
                id, queue, priority, due_at, state, fence, attempts, max_attempts, first_delay_ms, max_delay_ms,
                enqueued_at, run_at, unique_key, payload)
            select
                new.id, new.queue, new.priority, moment.at + new.delay_us * interval '1 microsecond', 0, 0, 0,
                new.max_attempts, new.first_delay_ms, new.max_delay_ms,
                moment.at, moment.at + new.delay_us * interval '1 microsecond', new.unique_key, new.payload
            from unnest(
                    p_ids, p_queues, p_payloads, p_delays_us, p_priorities, p_unique_keys, p_max_attempts,
                    p_first_delays_ms, p_max_delays_ms) with ordinality as new (
                    id, queue, payload, delay_us, priority, unique_key, max_attempts,
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
create function coatcheck.complete_jobs_v2(p_ids uuid[], p_fences bigint[]) returns setof uuid language sql as $$
    with held as materialized (
        select j.id from coatcheck.jobs j
            join unnest(p_ids, p_fences) as claimed (id, fence) on j.id = claimed.id and j.fence = claimed.fence
            where j.state = 1
            -- In one order, so that two who end the same jobs do not wait for each other.
            order by j.id for update of j)
    delete from coatcheck.jobs j using held where j.id = held.id
        returning j.id
$$;
