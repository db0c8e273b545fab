-- Idempotency: one row for each key, from its claim until its answer is kept no longer.

create table coatcheck.idempotency (
    key          text collate "C" primary key,
    fingerprint  text collate "C" not null,
    token        bigint not null,
    -- Until when the claimant is trusted to be at it.
    leased_until timestamptz not null,
    response     text,
    keep_until   timestamptz not null
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

create index idempotency_keep_until on coatcheck.idempotency (keep_until);

-- Returns 'claimed' with a token, 'completed' with the response, 'in progress' with how long at the most, or 'mismatch'.
--
-- Looks first and without a lock, so that nobody waits for a transaction in which a response is recorded.
create function coatcheck.claim_request_v1(
        p_key text, p_fingerprint text, p_lease_us bigint, p_keep_us bigint,
        out outcome text, out token bigint, out response text, out wait_us bigint)
    language plpgsql as $$
declare
    v_now timestamptz;
    v_row coatcheck.idempotency;
begin
    loop
        v_now := clock_timestamp();
        select * into v_row from coatcheck.idempotency i where i.key = p_key;
        if not found then
            insert into coatcheck.idempotency as i (key, fingerprint, token, leased_until, keep_until)
                values (
                    p_key, p_fingerprint, coatcheck.next_token_v1(0),
                    v_now + p_lease_us * interval '1 microsecond',
                    v_now + (p_lease_us + p_keep_us) * interval '1 microsecond')
                on conflict (key) do nothing
                returning i.token into token;
            if found then
                outcome := 'claimed';
                return;
            end if;
        else
            exit;
        end if;
    end loop;

    if v_row.keep_until > v_now then
        if v_row.fingerprint <> p_fingerprint then
            outcome := 'mismatch';
            return;
        elsif v_row.response is not null then
            outcome := 'completed';
            response := v_row.response;
            return;
        elsif v_row.leased_until > v_now then
            outcome := 'in progress';
            wait_us := extract(epoch from v_row.leased_until - v_now) * 1000000;
            return;
        end if;
    end if;

    -- Its claimant has died, or its time is over: whoever has the lock first takes it over.
    perform from coatcheck.idempotency i
        where i.key = p_key and i.token = v_row.token and (i.response is null or i.keep_until <= v_now)
        for update skip locked;
    if not found then
        outcome := 'in progress';
        wait_us := 0;
        return;
    end if;
    update coatcheck.idempotency i
        set fingerprint = p_fingerprint, token = coatcheck.next_token_v1(i.token), response = null,
            leased_until = clock_timestamp() + p_lease_us * interval '1 microsecond',
            keep_until = clock_timestamp() + (p_lease_us + p_keep_us) * interval '1 microsecond'
        where i.key = p_key
        returning i.token into token;
    outcome := 'claimed';
end
$$;

-- Returns whether the claim, renewed for another lease from now, still is the caller's.
create function coatcheck.renew_request_v1(p_key text, p_token bigint, p_lease_us bigint, p_keep_us bigint)
    returns boolean language plpgsql as $$
begin
    update coatcheck.idempotency i
        set leased_until = clock_timestamp() + p_lease_us * interval '1 microsecond',
            keep_until = clock_timestamp() + (p_lease_us + p_keep_us) * interval '1 microsecond'
        where i.key = p_key and i.token = p_token and i.response is null;
    return found;
end
$$;

-- Returns whether the claim still was the caller's; the same response twice is harmless.
create function coatcheck.record_response_v1(p_key text, p_token bigint, p_response text, p_keep_us bigint)
    returns boolean language plpgsql as $$
begin
    update coatcheck.idempotency i
        set response = p_response, keep_until = clock_timestamp() + p_keep_us * interval '1 microsecond'
        where i.key = p_key and i.token = p_token and (i.response is null or i.response = p_response);
    return found;
end
$$;

-- Forgets what is kept no longer, a bounded number at a time; returns how many.
create function coatcheck.purge_requests_v1(p_limit int) returns int language plpgsql as $$
declare
    v_count int;
begin
    delete from coatcheck.idempotency i
        where i.key in (
            select due.key from coatcheck.idempotency due
                where due.keep_until < clock_timestamp()
                limit p_limit for update skip locked);
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
