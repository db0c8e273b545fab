-- Jobs that are to wait in another store, until they have been moved there.
create table coatcheck.job_outbox (
    id              uuid primary key,
    queue           text not null,
    grp             text,
    payload         text not null,
    run_at          timestamptz not null,
    priority        int not null,
    unique_key      text,
    max_attempts    int not null,
    first_delay_ms  bigint not null,
    max_delay_ms    bigint not null
) with (
    -- Mostly rows that were: see coatcheck.jobs.
    autovacuum_vacuum_threshold = 500,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_cost_delay = 0);

create function coatcheck.put_into_job_outbox_v1(
        p_ids uuid[], p_queues text[], p_groups text[], p_payloads text[], p_delays_us bigint[], p_priorities int[],
        p_unique_keys text[], p_max_attempts int[], p_first_delays_ms bigint[], p_max_delays_ms bigint[])
    returns void language sql as $$
    insert into coatcheck.job_outbox
        select j.id, j.queue, j.grp, j.payload, clock_timestamp() + j.delay_us * interval '1 microsecond', j.priority,
                j.unique_key, j.max_attempts, j.first_delay_ms, j.max_delay_ms
            from unnest(p_ids, p_queues, p_groups, p_payloads, p_delays_us, p_priorities, p_unique_keys, p_max_attempts,
                    p_first_delays_ms, p_max_delays_ms)
                as j (id, queue, grp, payload, delay_us, priority, unique_key, max_attempts, first_delay_ms, max_delay_ms);
    select pg_notify('coatcheck_job_outbox', 'jobs');
$$;

-- Takes the oldest jobs that nobody else has taken. They are gone when the transaction ends; one whose client says nothing
-- more is ended by the server, and others take its jobs.
create function coatcheck.take_from_job_outbox_v1(p_max int)
    returns table (
        id uuid, queue text, grp text, payload text, delay_us bigint, priority int, unique_key text, max_attempts int,
        first_delay_ms bigint, max_delay_ms bigint)
    language plpgsql as $$
begin
    set local idle_in_transaction_session_timeout = '30s';
    return query
        -- Materialized, so that no plan looks for the oldest more than once, and takes others each time.
        with oldest as materialized (
                select waiting.id from coatcheck.job_outbox waiting order by waiting.id limit p_max for update skip locked),
            taken as (delete from coatcheck.job_outbox o using oldest where o.id = oldest.id returning o.*)
        select t.id, t.queue, t.grp, t.payload,
                greatest(0, ceil(1000000 * extract(epoch from t.run_at - clock_timestamp())))::bigint,
                t.priority, t.unique_key, t.max_attempts, t.first_delay_ms, t.max_delay_ms
            from taken t order by t.id;
end
$$;
