-- Tables of the recordings `modes-*`: one table for each kind of type whose form depends on the connector's settings.
CREATE EXTENSION hstore; CREATE EXTENSION citext; CREATE EXTENSION ltree; CREATE EXTENSION postgis;
CREATE SCHEMA truth;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy');
CREATE DOMAIN amount AS numeric(12,2);

CREATE TABLE m_time (id int PRIMARY KEY, d date, t0 time(0), t3 time(3), t6 time, tz timetz,
  ts0 timestamp(0), ts3 timestamp(3), ts6 timestamp, tsz0 timestamptz(0), tsz3 timestamptz(3), tsz6 timestamptz);
CREATE TABLE m_time_arrays (id int PRIMARY KEY, ad date[], at0 time(0)[], at3 time(3)[], at6 time[], atz timetz[],
  ats0 timestamp(0)[], ats3 timestamp(3)[], ats6 timestamp[], atsz0 timestamptz(0)[], atsz3 timestamptz(3)[], atsz6 timestamptz[]);
CREATE TABLE m_interval (id int PRIMARY KEY, iv interval, iv_ym interval year to month);
CREATE TABLE m_hstore (id int PRIMARY KEY, h hstore, ah hstore[]);
CREATE TABLE m_number (id int PRIMARY KEY, i2 int2, i4 int4, i8 int8, o oid, b bool, n numeric, n2 numeric(10,2), n0 numeric(20), nm2 numeric(3,-2), m money, f4 float4, f8 float8,
  an numeric[], an2 numeric(10,2)[], ai2 int2[], ai4 int4[], ai8 int8[], ab bool[], af4 float4[], af8 float8[], ao oid[]);
CREATE TABLE m_bytes (id int PRIMARY KEY, ba bytea, aba bytea[], b1 bit(1), b8 bit(8), b40 bit(40), vb varbit, vb5 varbit(5), vb1 varbit(1), ab8 bit(8)[], ab1 bit(1)[]);
CREATE TABLE m_text (id int PRIMARY KEY, t text, v varchar(5), c char(3), ci citext, nm name, qc "char", u uuid, e mood, x xml, lt ltree, tsv tsvector, tsq tsquery, j json, jb jsonb,
  ip inet, net cidr, mac macaddr, mac8 macaddr8, r4 int4range, r8 int8range, rn numrange, rd daterange, rts tsrange, rtsz tstzrange, mr int4multirange,
  at text[], av varchar(5)[], ac char(3)[], aci citext[], au uuid[], ae mood[], aj json[], ajb jsonb[], alt ltree[], aip inet[], anet cidr[], amac macaddr[], amac8 macaddr8[], ar4 int4range[], ar8 int8range[], arn numrange[], ard daterange[], arts tsrange[], artsz tstzrange[], atsv tsvector[], aqc "char"[]);
CREATE TABLE m_geo (id int PRIMARY KEY, pt point, g geometry, gp geometry(PointZ,4326), gg geography, ag geometry[]);
CREATE TABLE m_absent (id int PRIMARY KEY, am money[], ax xml[], ai interval[], apt point[], avb varbit[], adom amount[], anm name[], ae2 mood[], dom amount, bx box, ln line, ls lseg, pa path, po polygon, ci circle, lsn pg_lsn,
  pr m_interval, tid tid, snap txid_snapshot, gen int GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE m_large (id int PRIMARY KEY, n int, t text, v varchar, c char(9000), ci citext, x xml, j json, jb jsonb, ba bytea, num numeric, h hstore, vb varbit, b bit(40000), tsv tsvector, g geometry, gg geography, r numrange,
  at text[], av varchar[], ac char(3)[], aci citext[], aj json[], ajb jsonb[], au uuid[], aba bytea[], ai2 int2[], ai4 int4[], ai8 int8[], af4 float4[], af8 float8[], an numeric[], an2 numeric(10,2)[], ab bool[], ad date[], at6 time[], ats timestamp[], atsz timestamptz[], ae mood[], aip inet[], ar int4range[], po polygon, aoid oid[]);
DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT attname FROM pg_attribute WHERE attrelid = 'm_large'::regclass AND attnum > 0 AND attstorage IN ('x', 'm') LOOP
    EXECUTE format('ALTER TABLE m_large ALTER COLUMN %I SET STORAGE EXTERNAL', c.attname);
  END LOOP;
END $$;
CREATE TABLE done (id int PRIMARY KEY);

CREATE TABLE truth.log (seq bigserial PRIMARY KEY, op text, "table" text, new json);
CREATE FUNCTION truth.record() RETURNS trigger LANGUAGE plpgsql
  SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET intervalstyle = 'postgres' SET extra_float_digits = 1 SET bytea_output = 'hex' SET lc_monetary = 'C' AS $$
BEGIN
  INSERT INTO truth.log (op, "table", new) VALUES (lower(TG_OP), TG_TABLE_NAME, hstore_to_json(hstore(NEW)));
  RETURN NULL;
END $$;
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND (tablename LIKE 'm\_%' OR tablename = 'done') AND tablename <> 'm_large' LOOP
    EXECUTE format('CREATE TRIGGER truth_rows AFTER INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION truth.record()', t);
  END LOOP;
  EXECUTE (SELECT 'CREATE PUBLICATION etrap_pub FOR TABLE ' || string_agg(format('%I', tablename), ', ' ORDER BY tablename)
           FROM pg_tables WHERE schemaname = 'public' AND (tablename LIKE 'm\_%' OR tablename = 'done'));
END $$;

-- Read by the snapshot
INSERT INTO m_time VALUES
  (1, '2024-02-29', '23:59:59', '23:59:59.123', '23:59:59.123456', '12:00:00.5+02', '2024-02-29 23:59:59', '2024-02-29 23:59:59.123', '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59+02', '2024-02-29 23:59:59.123+02', '2024-02-29 23:59:59.123456+02'),
  (2, '1500-03-01', NULL, NULL, NULL, NULL, '1500-03-01 00:00', '1500-03-01 00:00', '1500-03-01 00:00', '1500-03-01 00:00+00', '1500-03-01 00:00+00', '1500-03-01 00:00+00'),
  (4, '1582-10-10', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (5, '0044-03-15 BC', NULL, NULL, NULL, NULL, '0044-03-15 10:00 BC', '0044-03-15 10:00 BC', '0044-03-15 10:00 BC', '0044-03-15 10:00+00 BC', '0044-03-15 10:00+00 BC', '0044-03-15 10:00+00 BC'),
  (6, 'infinity', NULL, NULL, NULL, NULL, 'infinity', 'infinity', 'infinity', 'infinity', 'infinity', 'infinity'),
  (3, NULL, '24:00', '24:00', '24:00', NULL, '1582-10-10 12:00', '1582-10-10 12:00', '1582-10-10 12:00', '1582-10-10 12:00+00', '1582-10-10 12:00+00', '1582-10-10 12:00+00');
INSERT INTO m_time_arrays SELECT id, ARRAY[d], ARRAY[t0], ARRAY[t3], ARRAY[t6], ARRAY[tz], ARRAY[ts0], ARRAY[ts3], ARRAY[ts6], ARRAY[tsz0], ARRAY[tsz3], ARRAY[tsz6] FROM m_time;
