CREATE EXTENSION vector; CREATE SCHEMA truth;
CREATE TABLE m_vector (id int PRIMARY KEY, n int, v vector, v3 vector(3), hv halfvec, sv sparsevec, av vector[], sv40 sparsevec(40000));
CREATE TABLE done (id int PRIMARY KEY);
CREATE TABLE truth.log (seq bigserial PRIMARY KEY, op text, "table" text, new json);
CREATE FUNCTION truth.record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO truth.log (op, "table", new) VALUES (lower(TG_OP), TG_TABLE_NAME, json_build_object('id', NEW.id::text, 'v', NEW.v::text, 'v3', NEW.v3::text, 'hv', NEW.hv::text, 'sv', NEW.sv::text, 'av', NEW.av::text, 'sv40', NEW.sv40::text));
  RETURN NULL;
END $$;
CREATE TRIGGER truth_rows AFTER INSERT ON m_vector FOR EACH ROW EXECUTE FUNCTION truth.record();
CREATE PUBLICATION etrap_pub FOR TABLE m_vector, done;

-- The changes
INSERT INTO m_vector VALUES (1, 1, '[1,2.5,-0.1]', '[1,2,3]', '[1,2.5,-0.1]', '{1:1.5,3:2}/5', ARRAY['[1,2]'::vector], NULL),
 (2, 1, '[1e-10,3.4028235e38,16777216,1e-45,0,-0]', '[0,0,0]', '[65504,0.0001,6e-8]', '{}/5', '{}', NULL),
 (3, 1, NULL, NULL, NULL, NULL, NULL, NULL),
 (4, 1, '[8589973504,0.3,1.17549435e-38]', '[0.1,0.2,0.3]', '[0.1,0.3]', '{1:0.1,300:0.2,7:-3,1000:1e-10,2:5,32767:9}/32767', NULL, NULL);
INSERT INTO m_vector (id, n, v) SELECT 5, 1, array_agg(g/10.0)::float4[]::vector FROM generate_series(1, 1500) g;
INSERT INTO m_vector (id, n, hv, sv) SELECT 6, 1, array_agg(g/10.0)::float4[]::halfvec, (array_agg(g/10.0)::float4[]::vector)::sparsevec FROM generate_series(1, 3000) g;
UPDATE m_vector SET n = 2 WHERE id >= 5;
INSERT INTO m_vector (id, n, sv40) VALUES (7, 1, '{40000:1}/40000');
INSERT INTO done VALUES (1);
