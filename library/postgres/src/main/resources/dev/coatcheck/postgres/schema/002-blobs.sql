-- Blobs: a row that names a version, and the version's bytes in chunks. An upload writes chunks under a version that no
-- row names yet; one short transaction at the end makes them the blob. A reader follows the version that it opened, so
-- that what happens to the blob meanwhile does not touch it.

create table coatcheck.blobs (
    key              text collate "C" primary key,
    version          uuid not null,
    size             bigint not null,
    chunk_size       int not null,
    content_type     text not null,
    sha256           text not null,
    stored_at        timestamptz not null,
    metadata_names   text[] not null,
    metadata_values  text[] not null
);

-- A version is kept until the given time: an upload under way for as long as it goes on, a blob's for ever, and one that
-- was replaced or deleted for as long as somebody may be reading it. Once that time has passed nothing moves it again.
create table coatcheck.blob_versions (
    version     uuid primary key,
    keep_until  timestamptz not null
);

create index blob_versions_ended on coatcheck.blob_versions (keep_until) where keep_until < 'infinity';

create table coatcheck.blob_chunks (
    version  uuid not null,
    number   int not null,
    bytes    bytea not null,
    primary key (version, number)
);

-- Not compressed, because images, archives and films are already, and so that a part of a chunk can be read alone.
alter table coatcheck.blob_chunks alter column bytes set storage external;

-- Returns whether the upload still goes on.
create function coatcheck.append_blob_chunk_v1(p_version uuid, p_number int, p_bytes bytea, p_patience_ms bigint)
    returns boolean language plpgsql as $$
begin
    -- Nothing is promised yet, so nothing waits for the disk here. The commit that makes the blob visible does, for the
    -- chunks too, after it has looked whether they are all there.
    perform set_config('synchronous_commit', 'off', true);
    if p_number = 0 then
        insert into coatcheck.blob_versions (version, keep_until)
            values (p_version, clock_timestamp() + p_patience_ms * interval '1 millisecond');
    else
        update coatcheck.blob_versions v
            set keep_until = clock_timestamp() + p_patience_ms * interval '1 millisecond'
            where v.version = p_version and v.keep_until > clock_timestamp();
        if not found then
            return false;
        end if;
    end if;
    insert into coatcheck.blob_chunks (version, number, bytes) values (p_version, p_number, p_bytes);
    return true;
end
$$;

-- Returns 'stored' and when, 'exists', or 'lost' where the upload had been given up, or chunks of it were lost because
-- the server crashed before they were on the disk.
create function coatcheck.finish_blob_v1(
        p_key text, p_version uuid, p_size bigint, p_chunk_size int, p_content_type text, p_sha256 text,
        p_metadata_names text[], p_metadata_values text[], p_if_absent boolean, p_grace_ms bigint,
        out outcome text, out stored_at timestamptz)
    language plpgsql as $$
declare
    v_replaced uuid;
begin
    if p_size > 0 then
        update coatcheck.blob_versions v set keep_until = 'infinity'
            where v.version = p_version and v.keep_until > clock_timestamp();
        if not found or p_size <> (
                select sum(octet_length(c.bytes)) from coatcheck.blob_chunks c where c.version = p_version) then
            update coatcheck.blob_versions v set keep_until = clock_timestamp() where v.version = p_version;
            outcome := 'lost';
            return;
        end if;
    end if;
    stored_at := clock_timestamp();
    loop
        insert into coatcheck.blobs as b (
                key, version, size, chunk_size, content_type, sha256, stored_at, metadata_names, metadata_values)
            values (
                p_key, p_version, p_size, p_chunk_size, p_content_type, p_sha256, finish_blob_v1.stored_at,
                p_metadata_names, p_metadata_values)
            on conflict (key) do nothing;
        if found then
            outcome := 'stored';
            return;
        end if;
        if p_if_absent then
            update coatcheck.blob_versions v set keep_until = clock_timestamp() where v.version = p_version;
            outcome := 'exists';
            return;
        end if;
        select b.version into v_replaced from coatcheck.blobs b where b.key = p_key for update;
        if found then
            -- Taken again under the lock, so that a later blob never claims to be older.
            stored_at := clock_timestamp();
            update coatcheck.blobs b
                set version = p_version, size = p_size, chunk_size = p_chunk_size, content_type = p_content_type,
                    sha256 = p_sha256, stored_at = finish_blob_v1.stored_at, metadata_names = p_metadata_names,
                    metadata_values = p_metadata_values
                where b.key = p_key;
            update coatcheck.blob_versions v
                set keep_until = clock_timestamp() + p_grace_ms * interval '1 millisecond'
                where v.version = v_replaced;
            outcome := 'stored';
            return;
        end if;
        -- It was deleted between the two: begin again.
    end loop;
end
$$;

create function coatcheck.delete_blob_v1(p_key text, p_grace_ms bigint) returns boolean language plpgsql as $$
declare
    v_deleted uuid;
begin
    delete from coatcheck.blobs b where b.key = p_key returning b.version into v_deleted;
    if not found then
        return false;
    end if;
    update coatcheck.blob_versions v
        set keep_until = clock_timestamp() + p_grace_ms * interval '1 millisecond'
        where v.version = v_deleted;
    return true;
end
$$;

-- Removes some chunks of one version that nobody needs any more; returns whether there was one.
create function coatcheck.sweep_blobs_v1(p_chunks int) returns boolean language plpgsql as $$
declare
    v_version uuid;
    v_count int;
begin
    select v.version into v_version from coatcheck.blob_versions v
        where v.keep_until < clock_timestamp() and v.keep_until < 'infinity'
        order by v.keep_until limit 1 for update skip locked;
    if not found then
        return false;
    end if;
    delete from coatcheck.blob_chunks c
        where c.version = v_version
            and c.number in (
                select next.number from coatcheck.blob_chunks next where next.version = v_version limit p_chunks);
    get diagnostics v_count = row_count;
    if v_count < p_chunks then
        delete from coatcheck.blob_versions v where v.version = v_version;
    end if;
    return true;
end
$$;
