-- What people do with jobs, and what handlers tell them meanwhile.

-- What the handler reported last. Its update touches no index, if the page has room.
alter table coatcheck.jobs add column progress text;
alter table coatcheck.jobs set (fillfactor = 80);

-- Returns in which state the job was, or nothing. The empty message, which is no queue's name, tells workers to look
-- whether a job that they run is still theirs.
create function coatcheck.cancel_job_v2(p_id uuid) returns setof smallint language plpgsql as $$
declare
    v_job record;
begin
    delete from coatcheck.jobs j where j.id = p_id returning j.queue, j.grp, j.state into v_job;
    if not found then
        return;
    end if;
    if v_job.state = 1 then
        perform pg_notify('coatcheck_jobs', '');
        if v_job.grp <> '' then
            -- Another of its group may run now.
            perform pg_notify('coatcheck_jobs', v_job.queue);
        end if;
    end if;
    return next v_job.state;
end
$$;

-- Returns how many jobs wait again.
create function coatcheck.replay_jobs_v2(p_queue text, p_max int) returns bigint language sql as $$
    select count(*) filter (where coatcheck.replay_job_v1(dead.id))
        from (
            select j.id from coatcheck.jobs j
                where j.queue = p_queue and j.state = 2
                    -- Those that cannot would be the first at each call, and hold up the others.
                    and not exists (
                        select from coatcheck.jobs holder
                            where holder.queue = j.queue and holder.unique_key = j.unique_key and holder.state < 2)
                order by j.due_at desc, j.id desc limit p_max) dead
$$;
