create table coatcheck.made_before_it_fails (a int);
insert into coatcheck.no_such_table values (1);
