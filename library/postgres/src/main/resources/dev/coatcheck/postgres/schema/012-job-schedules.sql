-- Schedules: for each, up to when it has fired. The row moves in the transaction that enqueues the job, so that each time
-- fires once, and there is one row however often it does.
create table coatcheck.job_schedules (
    name     text collate "C" primary key,
    last_at  timestamptz not null) with (fillfactor = 50);

create function coatcheck.last_fired_v2(p_name text, p_now timestamptz) returns timestamptz language plpgsql as $$
declare
    v_last timestamptz;
begin
    -- Most know it already; who writes would wait for those who fire.
    select s.last_at into v_last from coatcheck.job_schedules s where s.name = p_name;
    if not found then
        -- Not in the future: a process whose clock is ahead would have the others miss what comes until then.
        insert into coatcheck.job_schedules values (p_name, least(p_now, clock_timestamp()))
            on conflict (name) do nothing;
        select s.last_at into v_last from coatcheck.job_schedules s where s.name = p_name;
    end if;
    return v_last;
end
$$;

-- Notes that a schedule fires for a time. Returns 0, and the caller enqueues; -1 where that time has had its job; or in how
-- many microseconds it is time.
create function coatcheck.fire_schedule_v2(p_name text, p_at timestamptz) returns bigint language plpgsql as $$
declare
    v_early_us bigint := ceil(1000000 * extract(epoch from p_at - clock_timestamp()));
begin
    if v_early_us > 0 then
        return v_early_us;
    end if;
    insert into coatcheck.job_schedules as s values (p_name, p_at)
        on conflict (name) do update set last_at = excluded.last_at where s.last_at < excluded.last_at;
    return case when found then 0 else -1 end;
end
$$;
