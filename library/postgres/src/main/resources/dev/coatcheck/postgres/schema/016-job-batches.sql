-- Batches of jobs, and what follows when all of one have ended.
create table coatcheck.job_batches (
    -- That of the job that follows.
    id              uuid primary key,
    -- How many of the batch have not ended.
    unended         bigint not null,
    queue           text not null,
    grp             text,
    payload         text not null,
    delay_us        bigint not null,
    priority        int not null,
    unique_key      text,
    max_attempts    int not null,
    first_delay_ms  bigint not null,
    max_delay_ms    bigint not null
) with (fillfactor = 50);

-- Of which batch it is, until it has ended.
alter table coatcheck.jobs add column batch uuid;

create function coatcheck.follow_job_batch_v1(p_batch coatcheck.job_batches) returns void language sql as $$
    delete from coatcheck.job_batches b where b.id = p_batch.id;
    select coatcheck.enqueue_jobs_v2(
        array[p_batch.id], array[p_batch.queue], array[p_batch.grp], array[p_batch.payload], array[p_batch.delay_us],
        array[p_batch.priority], array[p_batch.unique_key], array[p_batch.max_attempts], array[p_batch.first_delay_ms],
        array[p_batch.max_delay_ms]);
$$;

-- After the rows have gone, so that what follows may have the unique key of the last. Of several batches together, the row of
-- each stays locked until the end of the transaction; so a job that ends in a transaction of an application holds up the ends
-- of its batch's other jobs until then.
create function coatcheck.leave_job_batch_v1() returns trigger language plpgsql as $$
declare
    v_batch coatcheck.job_batches;
begin
    update coatcheck.job_batches b set unended = b.unended - 1 where b.id = old.batch returning * into v_batch;
    if v_batch.unended = 0 then
        perform coatcheck.follow_job_batch_v1(v_batch);
    end if;
    return null;
end
$$;

-- A dead job may be replayed, and does not leave its batch once more then.
create function coatcheck.forget_job_batch_v1() returns trigger language plpgsql as $$
begin
    new.batch := null;
    return new;
end
$$;

create trigger job_is_gone after delete on coatcheck.jobs
    for each row when (old.batch is not null) execute function coatcheck.leave_job_batch_v1();
create trigger job_dies before update of state on coatcheck.jobs
    for each row when (old.batch is not null and new.state = 2) execute function coatcheck.forget_job_batch_v1();
create trigger job_is_dead after update of state on coatcheck.jobs
    for each row when (old.batch is not null and new.state = 2) execute function coatcheck.leave_job_batch_v1();

-- Adds the jobs of a batch, as enqueue_jobs_v2 does, and keeps the job that follows, which is the first of them.
create function coatcheck.enqueue_job_batch_v1(
        p_ids uuid[], p_queues text[], p_groups text[], p_payloads text[], p_delays_us bigint[], p_priorities int[],
        p_unique_keys text[], p_max_attempts int[], p_first_delays_ms bigint[], p_max_delays_ms bigint[])
    returns setof uuid language plpgsql as $$
declare
    v_batch coatcheck.job_batches;
begin
    return query select coatcheck.enqueue_jobs_v2(
        p_ids[2:], p_queues[2:], p_groups[2:], p_payloads[2:], p_delays_us[2:], p_priorities[2:], p_unique_keys[2:],
        p_max_attempts[2:], p_first_delays_ms[2:], p_max_delays_ms[2:]);
    update coatcheck.jobs j set batch = p_ids[1] where j.id = any (p_ids[2:]);
    get diagnostics v_batch.unended = row_count;
    v_batch.id := p_ids[1];
    v_batch.queue := p_queues[1];
    v_batch.grp := p_groups[1];
    v_batch.payload := p_payloads[1];
    v_batch.delay_us := p_delays_us[1];
    v_batch.priority := p_priorities[1];
    v_batch.unique_key := p_unique_keys[1];
    v_batch.max_attempts := p_max_attempts[1];
    v_batch.first_delay_ms := p_first_delays_ms[1];
    v_batch.max_delay_ms := p_max_delays_ms[1];
    if v_batch.unended = 0 then
        perform coatcheck.follow_job_batch_v1(v_batch);
    else
        insert into coatcheck.job_batches select v_batch.*;
    end if;
end
$$;
