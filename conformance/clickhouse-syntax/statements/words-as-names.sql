-- Words of the grammar as names of columns and functions.
SELECT substring(a FROM FOR b)
SELECT substring(a FROM FOR)
SELECT substring(a FROM b FOR FOR)
SELECT substring(a FROM 1 FOR c)
SELECT substring(a, FOR)
SELECT substring(for, 1)
SELECT overlay(a PLACING FROM FROM 1)
SELECT overlay(a PLACING b FROM FOR)
SELECT overlay(a, from, 1)
SELECT position(in IN b)
SELECT position('a' IN in)
SELECT CASE WHEN then THEN 1 END
SELECT CASE WHEN a THEN then ELSE 1 END
SELECT CASE WHEN a THEN b ELSE end END
SELECT CASE WHEN a THEN when ELSE 1 END
SELECT CASE when WHEN a THEN 1 END
SELECT CASE end WHEN a THEN 1 END
SELECT CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END + CASE WHEN b THEN 1 END
SELECT trim(BOTH both FROM x), trim(both), trim(leading)
SELECT extract(day FROM day), extract(day, 'x'), extract(day)
SELECT date_add(day, 1, at), date_add(day), date_diff('day', a, b)
SELECT cast(cast AS String), cast(as AS String), cast(a AS as, 'T')
SELECT interval(1, 2), interval, INTERVAL interval DAY
SELECT exists(a), exists, position, substring
SELECT view(1) FROM view
SELECT * FROM view((SELECT 1))
SELECT * FROM not(1)
SELECT not(1) AND not 1, NOT(a, b)
