INSERT INTO m_time VALUES
  (11, '2024-02-29', '23:59:59', '23:59:59.123', '23:59:59.123456', '12:00:00.5+02', '2024-02-29 23:59:59', '2024-02-29 23:59:59.123', '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59+02', '2024-02-29 23:59:59.123+02', '2024-02-29 23:59:59.123456+02'),
  (12, '1500-03-01', '00:00', '00:00', '00:00', '00:00+00', '1500-03-01 00:00', '1500-03-01 00:00', '1500-03-01 00:00', '1500-03-01 00:00+00', '1500-03-01 00:00+00', '1500-03-01 00:00+00'),
  (13, '1582-10-10', '24:00', '24:00', '24:00', '24:00+00', '1582-10-10 12:00', '1582-10-10 12:00', '1582-10-10 12:00', '1582-10-10 12:00+00', '1582-10-10 12:00+00', '1582-10-10 12:00+00'),
  (14, '0044-03-15 BC', '02:30', '02:30', '02:30', '02:30+05:30', '0044-03-15 10:00 BC', '0044-03-15 10:00 BC', '0044-03-15 10:00:00.5 BC', '0044-03-15 10:00+00 BC', '0044-03-15 10:00+00 BC', '0044-03-15 10:00:00.5+00 BC'),
  (15, 'infinity', '00:00:01', '00:00:00.001', '00:00:00.000001', '23:59:59.999999-11', 'infinity', 'infinity', 'infinity', 'infinity', 'infinity', 'infinity'),
  (16, '-infinity', '12:34', '12:34:00.1', '12:34:00.1', '12:00+00', '-infinity', '-infinity', '-infinity', '-infinity', '-infinity', '-infinity'),
  (17, '1582-10-15', '12:34', '12:34', '12:34', '12:00+00', '1582-10-15 00:00', '1582-10-15 00:00', '1582-10-15 00:00', '1582-10-15 00:00+00', '1582-10-15 00:00+00', '1582-10-15 00:00+00'),
  (18, '1582-10-25', '12:34', '12:34', '12:34', '12:00+00', '1582-10-25 00:00', '1582-10-25 00:00', '1582-10-25 00:00', '1582-10-25 00:00+00', '1582-10-25 00:00+00', '1582-10-25 00:00+00'),
  (19, '1582-10-04', '12:34', '12:34', '12:34', '12:00+00', '1582-10-04 23:59:59', '1582-10-04 23:59:59', '1582-10-04 23:59:59', '1582-10-04 00:00+00', '1582-10-04 00:00+00', '1582-10-04 00:00+00'),
  (20, '12345-06-07', '12:34', '12:34', '12:34', '12:00+00', '12345-06-07 01:02:03', '12345-06-07 01:02:03', '12345-06-07 01:02:03', '12345-06-07 01:02:03+00', '12345-06-07 01:02:03+00', '12345-06-07 01:02:03+00'),
  (21, '1582-10-26', '12:34', '12:34', '12:34', '12:00+00', '1582-10-24 12:00', '1582-10-24 12:00', '1582-10-24 12:00', '1582-10-24 12:00+00', '1582-10-24 12:00+00', '1582-10-24 12:00+00'),
  (22, '2024-03-31', '02:30', '02:30:00.5', '02:30:00.5', '02:30+01', '2024-03-31 02:30', '2024-03-31 02:30', '2024-03-31 02:30:00.5', '2024-03-31 02:30+00', '2024-03-31 02:30+00', '2024-03-31 02:30:00.5+00'),
  (23, '1969-12-31', '00:00:59', '00:00:59', '00:00:59', '00:00:59+01', '1969-12-31 23:59:59', '1969-12-31 23:59:59.999', '1969-12-31 23:59:59.999999', '1969-12-31 23:59:59+00', '1969-12-31 23:59:59.999+00', '1969-12-31 23:59:59.999999+00'),
  (24, '5874897-12-31', '00:00:59', '00:00:59', '00:00:59', '00:00:59+01', '294276-12-31 23:59:59', '294276-12-31 23:59:59.999', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59+00', '294276-12-31 23:59:59.999+00', '294276-12-31 23:59:59.999999+00'),
  (25, '4713-01-01 BC', '00:00:59', '00:00:59', '00:00:59', '00:00:59+01', '4713-01-01 00:00 BC', '4713-01-01 00:00 BC', '4713-01-01 00:00 BC', '4713-01-01 00:00+00 BC', '4713-01-01 00:00+00 BC', '4713-01-01 00:00+00 BC'),
  (29, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO m_time_arrays SELECT id, ARRAY[d], ARRAY[t0], ARRAY[t3], ARRAY[t6], ARRAY[tz], ARRAY[ts0], ARRAY[ts3], ARRAY[ts6], ARRAY[tsz0], ARRAY[tsz3], ARRAY[tsz6] FROM m_time WHERE id > 10;
INSERT INTO m_interval VALUES
  (1, '1 year 2 mons 3 days 04:05:06.78', '1 year 2 mons'), (2, '0', '0'), (3, '-1 mons +1 day 00:00:01', '-5 mons'), (4, '-00:00:00.5', NULL), (5, '11.442507', NULL),
  (6, '178000000 years', NULL), (7, '2147483647 days', NULL), (8, '-1 year -2 mons +3 days -04:05:06.789012', '-178000000 years'), (9, '1000000:00:00.000001', NULL), (10, '0.000001', NULL), (11, '-0.000001', NULL), (12, '13 mons', '13 mons'), (13, NULL, NULL),
  (14, '2000000000 mons', NULL), (15, '99:59:59.999999', NULL);
INSERT INTO m_hstore VALUES
  (1, 'a=>1, b=>NULL', ARRAY['a=>1'::hstore]), (2, '', '{}'), (3, '"q\"uote"=>"back\\slash", "ключ"=>"значение", ""=>""', ARRAY['a=>NULL, b=>2'::hstore, NULL]), (4, '__proto__=>x, constructor=>y', NULL), (5, '2=>two, 10=>ten, 1=>one, a=>NULL, "NULL"=>"NULL"', NULL),
  (6, 'scale=>1, value=>x', NULL), (7, 'bb=>1, a=>2, ccc=>3, "line
break"=>"tab	"', NULL), (8, NULL, NULL), (9, '"=>"=>"=>", ","=>",", " "=>" "', NULL);
INSERT INTO m_number VALUES
  (1, 1, 2, 9007199254740993, 4294967295, true, 1.500, 30.50, 12345678901234567890, 12300, 1234.56, 0.1, 0.1, ARRAY[1.500, -0.01, NULL], ARRAY[1.5, 2.25], ARRAY[1, NULL], ARRAY[1, NULL], ARRAY[9007199254740993, NULL], ARRAY[true, NULL], ARRAY[0.1, NULL]::float4[], ARRAY[0.1, NULL]::float8[], ARRAY[4294967295::oid]),
  (2, -1, -2, -9223372036854775808, 0, false, 'NaN', 'NaN', 'NaN', 'NaN', -1234.56, 'NaN', 'NaN', ARRAY['NaN'::numeric], ARRAY['NaN'::numeric], '{}', '{}', '{}', '{}', ARRAY['NaN', 'Infinity']::float4[], ARRAY['NaN', '-Infinity']::float8[], '{}'),
  (3, 0, 0, 0, 1, NULL, 'Infinity', 0, 0, 0, 0, 'Infinity', '-Infinity', ARRAY['Infinity'::numeric], ARRAY[0.00], NULL, NULL, NULL, NULL, ARRAY[3.4028235e38, 1e-45]::float4[], ARRAY[1e23, 5e-324]::float8[], NULL),
  (4, NULL, NULL, NULL, NULL, NULL, 1e400, -0.01, -5, 100, 92233720368547758.07, 16777216, 1e22, ARRAY[1e400, 1e-100], ARRAY[-0.01], ARRAY[32767]::int2[], ARRAY[2147483647], ARRAY[-1], ARRAY[false], ARRAY[-0]::float4[], ARRAY['-0'::float8], ARRAY[1]::oid[]),
  (5, NULL, NULL, NULL, NULL, NULL, 100, 100, 100, 100, 100, '-0', '-0', ARRAY[100], ARRAY[100], '{{1,2},{3,4}}', '{{1,2},{3,4}}', '{{1}}', '{{t}}', '{{1}}', '{{1}}', NULL),
  (6, NULL, NULL, NULL, NULL, NULL, 1234567.891, NULL, NULL, NULL, NULL, 8.589973e9, 8.589973e9, NULL, NULL, '[5:6]={1,2}', '[5:6]={1,2}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO m_bytes VALUES
  (1, '\x00ff', ARRAY['\x00ff'::bytea, NULL, '\x'], '1', '10000001', '1111111111111111111111111111111111111111', '101', '101', '1', ARRAY['10000001'::bit(8)], ARRAY['1'::bit(1)]),
  (2, '\x', '{}', '0', '00000000', '0000000000000000000000000000000000000001', '', '', '0', '{}', '{}'),
  (3, '\xfbefbe', ARRAY['\xfbefbe'::bytea], NULL, '00000001', '1000000000000000000000000000000000000000', '000', '00000', '', ARRAY[NULL::bit(8)], NULL),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (5, '\x5f5f', NULL, NULL, '01010101', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO m_text VALUES
  (1, 'text', 'v', 'c', 'CiText', 'name', 'q', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'very happy', '<a>1</a>', 'top.sub', 'cat rat', 'cat & rat', '{"a": 1.0}', '{"a": 1.0}',
   '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '[1,5)', '[1,5)', '[1.5,2)', '[2024-01-01,2024-02-01)', '[2024-01-01 00:00,2024-02-01 00:00)', '[2024-01-01 00:00+00,2024-02-01 00:00+00)', '{[1,3),[5,7)}',
   ARRAY['a', NULL, 'NULL', '', 'q"b\,{}'], ARRAY['v'], ARRAY['c'], ARRAY['CiText'::citext, NULL], ARRAY['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid], ARRAY['ok'::mood, 'very happy'], ARRAY['{"a": 1.0}'::json], ARRAY['{"a": 1.0}'::jsonb], ARRAY['top.sub'::ltree, 'b'],
   ARRAY['10.0.0.1/8'::inet], ARRAY['10.0.0.0/8'::cidr], ARRAY['08:00:2b:01:02:03'::macaddr], ARRAY['08:00:2b:01:02:03:04:05'::macaddr8], ARRAY['[1,5)'::int4range], ARRAY['[1,5)'::int8range], ARRAY['[1.5,2)'::numrange], ARRAY['[2024-01-01,2024-02-01)'::daterange], ARRAY['[2024-01-01 00:00,2024-02-01 00:00)'::tsrange], ARRAY['[2024-01-01 00:00+00,2024-02-01 00:00+00)'::tstzrange], ARRAY['cat rat'::tsvector], ARRAY['q'::"char"]),
  (2, '', '', '', '', '', '', NULL, 'sad', '', '', '', '', '[]', '[]', NULL, NULL, NULL, NULL, 'empty', 'empty', '(,)', '(,)', '(,)', '(,)', '{}',
   '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}'),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '[2024-03-31 02:30:00.123456+00,infinity)', NULL,
   '{{a,b},{c,d}}', NULL, ARRAY['ab ', NULL], ARRAY[NULL::citext], ARRAY[NULL::uuid], ARRAY['ok'::mood, NULL], ARRAY[NULL::json], ARRAY[NULL::jsonb], ARRAY['a'::ltree, NULL], ARRAY[NULL::inet], NULL, NULL, NULL, ARRAY[NULL::int4range, 'empty'], NULL, NULL, NULL, NULL, ARRAY['[2024-03-31 02:30:00.123456+00,infinity)'::tstzrange], NULL, NULL);
INSERT INTO m_geo VALUES
  (1, '(1.5,-2)', 'POINT(1 2)', 'SRID=4326;POINT Z (1 2 3)', 'POINT(10 20)', ARRAY['POINT(1 2)'::geometry]),
  (2, '(NaN,Infinity)', 'SRID=3857;POLYGON((0 0,1 0,1 1,0 0))', NULL, 'SRID=4326;LINESTRING(0 0,1 1)', '{}'),
  (3, '(1e300,0.1)', 'GEOMETRYCOLLECTION EMPTY', 'SRID=4326;POINT Z EMPTY', NULL, ARRAY['SRID=4326;POINT(1 2)'::geometry, NULL]),
  (4, NULL, 'SRID=4326;GEOMETRYCOLLECTION(POINT ZM (1 2 3 4),CIRCULARSTRING ZM (0 0 0 0, 1 1 0 0, 2 0 0 0))', NULL, 'POINT(1 2)', NULL),
  (5, NULL, 'POINT M (1 2 3)', NULL, NULL, NULL), (6, '(-0,0)', 'SRID=4326;MULTIPOINT Z(1 2 3,4 5 6)', NULL, NULL, NULL);
INSERT INTO m_absent (id, am, ax, ai, apt, avb, adom, anm, ae2, dom, bx, ln, ls, pa, po, ci, lsn, pr, tid, snap) VALUES
  (1, ARRAY['1.50'::money], ARRAY['<a/>'::xml], ARRAY['1 day'::interval], ARRAY['(1,2)'::point], ARRAY['101'::varbit], ARRAY[1.5::amount], ARRAY['n'::name], ARRAY['ok'::mood], 1.5, '(1,1),(0,0)', '{1,-1,0}', '[(0,0),(1,1)]', '[(0,0),(1,1)]', '((0,0),(1,1),(1,0))', '<(0,0),1>', '0/1', ROW(1, '1 day', NULL), '(0,1)', '10:20:');
INSERT INTO m_large SELECT 1, 1, repeat('t', 9000), repeat('v', 9000), repeat('c', 9000), repeat('i', 9000), ('<a>' || repeat('x', 9000) || '</a>')::xml, ('"' || repeat('j', 9000) || '"')::json, ('"' || repeat('j', 9000) || '"')::jsonb, decode(repeat('ab', 9000), 'hex'),
  repeat('9', 9000)::numeric, hstore('k', repeat('h', 9000)), repeat('1', 40000)::varbit, repeat('1', 40000)::bit(40000), (SELECT string_agg('w' || g, ' ') FROM generate_series(1, 900) g)::tsvector,
  ST_MakeLine(ARRAY(SELECT ST_MakePoint(g, g) FROM generate_series(1, 500) g)), ST_SetSRID(ST_MakeLine(ARRAY(SELECT ST_MakePoint(g / 10.0, g / 10.0) FROM generate_series(1, 500) g)), 4326)::geography, numrange(repeat('9', 9000)::numeric, NULL),
  ARRAY[repeat('t', 9000)], ARRAY[repeat('v', 9000)], array_fill('c'::char(3), ARRAY[1000]), ARRAY[repeat('i', 9000)::citext], ARRAY[('"' || repeat('j', 9000) || '"')::json], ARRAY[('"' || repeat('j', 9000) || '"')::jsonb], array_fill('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, ARRAY[600]), ARRAY[decode(repeat('ab', 9000), 'hex')],
  array_fill(1::int2, ARRAY[3000]), array_fill(1::int4, ARRAY[3000]), array_fill(1::int8, ARRAY[3000]), array_fill(1::float4, ARRAY[3000]), array_fill(1::float8, ARRAY[3000]), array_fill(1.5::numeric, ARRAY[3000]), array_fill(1.5::numeric(10,2), ARRAY[3000]), array_fill(true, ARRAY[9000]), array_fill('2024-01-01'::date, ARRAY[3000]), array_fill('12:34'::time, ARRAY[3000]),
  array_fill('2024-01-01'::timestamp, ARRAY[3000]), array_fill('2024-01-01'::timestamptz, ARRAY[3000]), array_fill('ok'::mood, ARRAY[3000]), array_fill('10.0.0.1'::inet, ARRAY[3000]), array_fill('[1,2)'::int4range, ARRAY[3000]),
  (SELECT ('(' || string_agg(format('(%s,%s)', g, g), ',') || ')')::polygon FROM generate_series(1, 500) g), array_fill(1::oid, ARRAY[3000]);
INSERT INTO m_large (id, n) VALUES (2, 1);
UPDATE m_large SET n = 2;
DELETE FROM m_number WHERE id = 1;
INSERT INTO done VALUES (1);
