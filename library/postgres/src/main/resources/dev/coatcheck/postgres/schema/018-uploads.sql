-- Uploads: a row for each, which is replaced by who has seen the one before, and its bytes as chunks of a version that no
-- blob names until the upload is finished. Finishing names it, and copies nothing.

create table coatcheck.uploads (
    id          text collate "C" primary key,
    -- Another, random one after every change: who has seen an earlier one changes nothing, not even after a crash took
    -- changes back, or the id was used again.
    token       uuid not null,
    record      text not null,
    -- Of its chunks; null when they are a blob's.
    version     uuid,
    changed_at  timestamptz not null,
    -- No earlier than the upload expires; moved once in a tenth of its time, so that a chunk more is no change of an index.
    purge_at    timestamptz not null,
    -- Of the blob that it has become.
    sha256      text,
    stored_at   timestamptz
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

create index uploads_purge on coatcheck.uploads (purge_at);

-- Returns when it was made; null where there is one of this id.
create function coatcheck.begin_upload_v1(
        p_id text, p_token uuid, p_record text, p_version uuid, p_expiry_ms bigint)
    returns timestamptz language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
begin
    insert into coatcheck.uploads (id, token, record, version, changed_at, purge_at)
        values (p_id, p_token, p_record, p_version, v_now, v_now + p_expiry_ms * interval '1 millisecond')
        on conflict (id) do nothing;
    if not found then
        return null;
    end if;
    -- Kept until whoever removes the upload says otherwise, in the same transaction.
    insert into coatcheck.blob_versions (version, keep_until) values (p_version, 'infinity');
    return v_now;
end
$$;

-- Replaces the record, and writes a chunk if there is one, for who has seen the one of this token. Returns when that was;
-- null, and nothing is changed, for who has not.
create function coatcheck.change_upload_v1(
        p_id text, p_token uuid, p_next_token uuid, p_record text, p_expiry_ms bigint, p_durable boolean, p_number int,
        p_bytes bytea)
    returns timestamptz language plpgsql as $$
declare
    v_now timestamptz := clock_timestamp();
    v_expiry interval := p_expiry_ms * interval '1 millisecond';
    v_version uuid;
begin
    if not p_durable then
        -- Nothing is promised yet: the commit that ends the writing waits for the disk, for all that came before it too.
        perform set_config('synchronous_commit', 'off', true);
    end if;
    update coatcheck.uploads u
        set token = p_next_token, record = p_record, changed_at = v_now,
            purge_at = case when u.purge_at < v_now + v_expiry then v_now + v_expiry * 1.1 else u.purge_at end
        where u.id = p_id and u.token = p_token and u.version is not null
        returning u.version into v_version;
    if not found then
        return null;
    end if;
    if p_bytes is not null then
        insert into coatcheck.blob_chunks as c (version, number, bytes) values (v_version, p_number, p_bytes)
            on conflict (version, number) do update set bytes = excluded.bytes;
    end if;
    return v_now;
end
$$;

-- Makes an upload the blob that it is to be, for who has seen the record of this token. Returns 'stored' and when, 'exists' (the
-- upload is gone then), or 'changed'.
create function coatcheck.finish_upload_v1(
        p_id text, p_token uuid, p_key text, p_size bigint, p_chunk_size int, p_content_type text, p_sha256 text,
        p_metadata_names text[], p_metadata_values text[], p_if_absent boolean, p_grace_ms bigint,
        out outcome text, out stored_at timestamptz)
    language plpgsql as $$
declare
    v_version uuid;
    v_last int := (p_size - 1) / p_chunk_size;
begin
    select u.version into v_version from coatcheck.uploads u
        where u.id = p_id and u.token = p_token and u.version is not null for update;
    if not found then
        outcome := 'changed';
        return;
    end if;
    -- What lies behind the end is of a writer that died, or whose checksum was wrong.
    if p_size = 0 then
        delete from coatcheck.blob_chunks c where c.version = v_version;
        delete from coatcheck.blob_versions v where v.version = v_version;
    else
        delete from coatcheck.blob_chunks c where c.version = v_version and c.number > v_last;
        update coatcheck.blob_chunks c
            set bytes = substring(c.bytes from 1 for (p_size - v_last::bigint * p_chunk_size)::int)
            where c.version = v_version and c.number = v_last
                and octet_length(c.bytes) > p_size - v_last::bigint * p_chunk_size;
    end if;
    select f.outcome, f.stored_at into finish_upload_v1.outcome, finish_upload_v1.stored_at
        from coatcheck.finish_blob_v1(
            p_key, v_version, p_size, p_chunk_size, p_content_type, p_sha256, p_metadata_names, p_metadata_values,
            p_if_absent, p_grace_ms) f;
    if outcome = 'exists' then
        delete from coatcheck.uploads u where u.id = p_id;
    elsif outcome = 'stored' then
        update coatcheck.uploads u
            set version = null, sha256 = p_sha256, stored_at = finish_upload_v1.stored_at,
                changed_at = finish_upload_v1.stored_at, purge_at = u.purge_at + (finish_upload_v1.stored_at - u.changed_at)
            where u.id = p_id;
    else
        raise exception 'the bytes of an upload are not all there: %', outcome;
    end if;
end
$$;

-- Removes an upload for who has seen the record of this token, or whatever it is by now where that is null. Returns whether
-- there was one.
create function coatcheck.remove_upload_v1(p_id text, p_token uuid) returns boolean language plpgsql as $$
declare
    v_version uuid;
begin
    delete from coatcheck.uploads u
        where u.id = p_id and (p_token is null or u.token = p_token)
        returning u.version into v_version;
    if not found then
        return false;
    end if;
    update coatcheck.blob_versions v set keep_until = clock_timestamp() where v.version = v_version;
    return true;
end
$$;

-- Removes uploads that have expired, a bounded number at a time; returns how many. Their chunks go as those of blobs do.
create function coatcheck.purge_uploads_v1(p_limit int) returns int language plpgsql as $$
declare
    v_count int;
begin
    with gone as (
        delete from coatcheck.uploads u
            where u.id in (
                select due.id from coatcheck.uploads due
                    where due.purge_at < clock_timestamp() limit p_limit for update skip locked)
            returning u.version
    ), freed as (
        update coatcheck.blob_versions v set keep_until = clock_timestamp() from gone where v.version = gone.version
    )
    select count(*) into v_count from gone;
    return v_count;
end
$$;
