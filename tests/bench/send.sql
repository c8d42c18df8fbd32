-- What `sendText` asks of PostgreSQL, for pgbench: question, pending reply, its job for the first reply of a session.
\set n random(0, 19999)
\set key random(1, 9000000000000)
BEGIN;
SELECT pg_advisory_xact_lock(hashtextextended(md5('session' || :n), 0));
SELECT s.id, s.kind, s.title, s.description, s.owner_id, s.assistant, s.ai_mode, s.last_seq, m.user_id, m.care_role,
       m.read_seq, m.joined_seq, m.pinned, m.archived, s.created_at, s.updated_at
  FROM chat_sessions s JOIN session_members m ON m.session_id = s.id
  WHERE s.id = md5('session' || :n)::uuid AND s.deleted_at IS NULL AND m.user_id = md5('user' || :n % 2000)::uuid;
SELECT * FROM dialog_configs WHERE slug = 'general' AND enabled;
WITH numbered AS (
    UPDATE chat_sessions SET last_seq = last_seq + 2, updated_at = clock_timestamp()
    WHERE id = md5('session' || :n)::uuid RETURNING id, last_seq, updated_at),
  said AS (
    INSERT INTO messages (session_id, seq, sender_id, sender_role, kind, state, content, client_key, created_at, updated_at)
    SELECT id, last_seq - 1, md5('user' || :n % 2000)::uuid, 'PATIENT', 'TEXT', 'SENT', '今天有点头晕', :key::text,
           updated_at, updated_at FROM numbered
    ON CONFLICT (session_id, sender_id, client_key) DO NOTHING RETURNING *),
  read AS (
    UPDATE session_members m SET read_seq = said.seq FROM said
    WHERE m.session_id = said.session_id AND m.user_id = said.sender_id RETURNING m.user_id),
  answer AS (
    INSERT INTO messages (session_id, seq, sender_role, kind, state, content, reply_to_seq, created_at, updated_at)
    SELECT session_id, seq + 1, 'AI_ASSISTANT', 'AI_REPLY', 'PENDING', '', seq, created_at, created_at FROM said
    ON CONFLICT (session_id, sender_id, client_key) DO NOTHING RETURNING *),
  happened AS (
    INSERT INTO session_events (session_id, kind, seq)
    SELECT session_id, 'MESSAGE_ADDED', seq FROM said UNION ALL SELECT session_id, 'MESSAGE_ADDED', seq FROM answer
    ORDER BY seq),
  run AS (
    INSERT INTO replies (session_id, seq, question_seq, asker_id, assistant, status)
    SELECT session_id, seq, reply_to_seq, md5('user' || :n % 2000)::uuid, 'general', 'QUEUED' FROM answer),
  job AS (
    INSERT INTO pgqueuer (priority, entrypoint, payload, dedupe_key, status)
    SELECT 0, 'bench', convert_to(session_id || '.' || seq, 'UTF8'), session_id || '.' || seq, 'queued' FROM answer
    WHERE NOT EXISTS (SELECT FROM replies o WHERE o.session_id = answer.session_id AND o.status IN ('QUEUED', 'RUNNING'))
    ON CONFLICT DO NOTHING)
SELECT said.*, answer.*, pg_notify('wellmate', 'chat:') FROM said JOIN answer ON true;
COMMIT;
