"""Arguments are described once: a name means the same wherever it stands."""

from graphql import GraphQLObjectType, GraphQLSchema

WORDS = {
    "accessRole": "Only people with this access role.",
    "active": "False: disable.",
    "after": "Only what follows this cursor.",
    "aiMode": "When the AI answers.",
    "allDevices": "True: sign out everywhere.",
    "archived": "True: what was put away; false: the rest.",
    "assistant": "Slug of the assistant.",
    "before": "Only what comes before this cursor.",
    "bytes": "Size of the file.",
    "careRole": "Only people with this care role.",
    "clientKey": "Idempotency key of the client: repeated, it gives the first result.",
    "code": "The code of `wx.login`.",
    "comment": "Why, in the person's words.",
    "description": "What it is for.",
    "fileId": "Id of the file.",
    "first": "Size of a page onward, 1 to 100.",
    "from": "Only from this moment on.",
    "id": "Its id.",
    "imageUrl": "A picture to ask about.",
    "input": "The values.",
    "kind": "Only this kind.",
    "last": "Size of a page backward, 1 to 100.",
    "memberIds": "Ids of the first members.",
    "messageId": "Id of the reply.",
    "mime": "Media type of the file.",
    "name": "The name.",
    "new": "The new password, 8 to 128 characters.",
    "old": "The old password.",
    "password": "The password.",
    "phone": "A mobile number, as people write it.",
    "phoneCode": "The code of WeChat's phone button.",
    "pinned": "Keep on top.",
    "purpose": "What the code will be used for.",
    "rating": "Good or not.",
    "reasons": "Why, in the app's words.",
    "refreshToken": "The newest refresh token of this device.",
    "role": "The new role.",
    "seq": "Number of the newest message that was read.",
    "sessionId": "Id of the session.",
    "sha256": "Hash of the file in hexadecimal; when given, it is checked.",
    "smsCode": "The six digits that were sent.",
    "status": "Only with this status.",
    "targetId": "Only changes of what has this id.",
    "text": "The text.",
    "title": "The name.",
    "to": "Only before this moment.",
    "userId": "Id of the user.",
    "userIds": "Ids of the users.",
    "username": "The user name, or the phone.",
    "waitMs": "How long to wait for news, at most 25,000.",
    "wechatPhoneCode": "The code of WeChat's phone button.",
}


def describe_arguments(schema: GraphQLSchema) -> None:
    """Raises KeyError for an argument that is neither described at its field nor here."""
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for field in kind.fields.values():
                for name, argument in field.args.items():
                    argument.description = argument.description or WORDS[name]
