-- Flags: a text for each, and one version for all of them, which also puts changes in order.

create table coatcheck.flags (
    name    text collate "C" primary key,
    content text not null
);

create table coatcheck.flags_version (
    one_row boolean primary key default true check (one_row),
    version bigint not null
);

-- The clock in microseconds, or one more than the last where that is more, so that it grows also where the database has
-- lost what it knew.
create function coatcheck.count_flag_change_v1() returns void language plpgsql as $$
begin
    insert into coatcheck.flags_version as v (version) values (coatcheck.next_token_v1(0))
        on conflict (one_row) do update set version = coatcheck.next_token_v1(v.version);
    perform pg_notify('coatcheck_flags', '');
end
$$;

create function coatcheck.put_flag_v1(p_name text, p_content text) returns void language plpgsql as $$
begin
    perform coatcheck.count_flag_change_v1();
    insert into coatcheck.flags (name, content) values (p_name, p_content)
        on conflict (name) do update set content = p_content;
end
$$;

create function coatcheck.remove_flag_v1(p_name text) returns void language plpgsql as $$
begin
    perform coatcheck.count_flag_change_v1();
    delete from coatcheck.flags f where f.name = p_name;
end
$$;

-- Returns nothing where the version is the known one. One statement, so that it is one state of the whole.
create function coatcheck.read_flags_v1(p_known bigint)
    returns table (version bigint, names text[], contents text[]) language sql stable as $$
    select v.version, f.names, f.contents
    from (select coalesce((select version from coatcheck.flags_version), 0) as version) v,
        lateral (
            select coalesce(array_agg(name), '{}') as names, coalesce(array_agg(content), '{}') as contents
            from coatcheck.flags where v.version <> p_known) f
    where v.version <> p_known
$$;
