"""Views with the names and columns of the designs that Wellmate unites, so that reports written for those work."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Their ids were numbers as well: a stable one is made of the text that identifies the row.
VIEWS = {
    "chat_logs": """
        SELECT hashtextextended(m.session_id || '.' || m.seq, 0) AS id, s.owner_id AS user_id, m.session_id,
               CASE WHEN m.sender_id IS NULL THEN 'ai' ELSE 'user' END AS sender, m.content,
               CASE WHEN m.kind = 'IMAGE' THEN 'image' ELSE 'text' END AS type,
               (SELECT f.bucket || '/' || f.key FROM message_files mf JOIN files f ON f.id = mf.file_id
                WHERE mf.session_id = m.session_id AND mf.seq = m.seq ORDER BY mf.position LIMIT 1) AS file_url,
               m.created_at
        FROM messages m JOIN chat_sessions s ON s.id = m.session_id
        WHERE s.kind = 'ASSISTANT' AND s.deleted_at IS NULL""",
    "groups": """
        SELECT hashtextextended(id::text, 0) AS id, id::text AS group_id, title AS group_name, description,
               owner_id::text AS created_by, created_at, updated_at
        FROM chat_sessions WHERE kind = 'GROUP' AND deleted_at IS NULL""",
    "group_members": """
        SELECT hashtextextended(b.session_id || '.' || b.user_id, 0) AS id, b.session_id::text AS group_id,
               b.user_id::text AS user_id, b.care_role AS user_role, b.joined_at
        FROM session_members b JOIN chat_sessions s ON s.id = b.session_id
        WHERE s.kind = 'GROUP' AND s.deleted_at IS NULL""",
    "messages": """
        SELECT hashtextextended(m.session_id || '.' || m.seq, 0) AS id, m.session_id || '.' || m.seq AS message_id,
               m.session_id::text AS group_id, coalesce(m.sender_id::text, 'AI_ASSISTANT') AS from_user_id,
               m.kind AS msg_type, m.content AS msg_content, m.created_at, m.updated_at
        FROM messages m JOIN chat_sessions s ON s.id = m.session_id
        WHERE s.kind = 'GROUP' AND s.deleted_at IS NULL""",
    "ai_interaction_records": """
        SELECT hashtextextended(id::text, 0) AS id, id::text AS record_id, session_id::text AS group_id,
               session_id || '.' || question_seq AS user_message_id, session_id || '.' || reply_seq AS ai_message_id,
               service_url AS ai_service_url, request_content::text, response_content::text,
               CASE status WHEN 'SUCCEEDED' THEN 1 WHEN 'FAILED' THEN 2 WHEN 'STOPPED' THEN 1 ELSE 0 END AS status,
               duration_ms::bigint AS duration_ms, left(error_message, 500) AS error_message, created_at, updated_at
        FROM ai_interactions""",
}


def upgrade() -> None:
    op.execute("CREATE SCHEMA seed")
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW seed.{name} AS {query}")


def downgrade() -> None:
    op.execute("DROP SCHEMA seed CASCADE")
