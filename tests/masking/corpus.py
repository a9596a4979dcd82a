"""What is masked and what is not: secrets in the shapes in which they are met, and harmless text.

In SECRETS each secret stands between « and ». A length in braces is filled with drawn characters,
so that no scanner takes this file for a leak: {36} letters and digits, {x32} hex, {b40} base64,
{U16} capitals and digits, {d9} digits.

``python -m tests.masking.corpus`` prints both shares.
"""

import random
import re
import string
import sys
from pathlib import Path
from typing import NamedTuple

from bot.masking import mask

ALPHABETS = {
    "": string.ascii_letters + string.digits,
    "x": "0123456789abcdef",
    "b": string.ascii_letters + string.digits + "+/",
    "U": string.ascii_uppercase + "234567",
    "d": string.digits,
}


class Secret(NamedTuple):
    """``kept`` is what stands around the secrets, one part more than there are secrets."""

    text: str
    secrets: tuple[str, ...]
    kept: tuple[str, ...]


def secrets() -> tuple[Secret, ...]:
    drawn = random.Random(7)
    return tuple(_filled(drawn, line) for line in SECRETS)


def _filled(drawn: random.Random, line: str) -> Secret:
    filled = re.sub(r"\{([xbUd]?)(\d+)\}", lambda it: _drawn(drawn, it[1], int(it[2])), line)
    parts = re.split("[«»]", filled)
    return Secret("".join(parts), tuple(parts[1::2]), tuple(parts[::2]))


def is_caught(one: Secret) -> bool:
    """In whole: no four characters of it are left."""
    left = mask(one.text)
    pieces = (secret[at : at + 4] for secret in one.secrets for at in range(len(secret) - 3))
    around = "".join(one.kept)
    told = (it for it in pieces if it in left and it not in around)
    return left != one.text and not any(re.search(r"\w", it) for it in told)


def is_left(text: str) -> bool:
    return mask(text) == text


def _drawn(source: random.Random, kind: str, length: int) -> str:
    """With a digit and both cases, as what is long and drawn has them."""
    first = {"": "a1Z", "b": "a1Z/"}.get(kind, "")[: max(0, length - 1)]
    return first + "".join(source.choices(ALPHABETS[kind], k=length - len(first)))


TOKENS = [
    # code hosts and registries
    "git clone https://x-access-token:«ghp_{36}»@github.com/acme/app.git",
    "remote: «gho_{36}» was refused",
    "GITHUB says «ghs_{36}»",
    "«ghu_{36}», then",
    "refresh with «ghr_{36}».",
    "use «github_pat_{22}_{59}» please",
    "glab auth with «glpat-{20}»",
    "runner «glrt-{20}» is gone",
    "deploy «gldt-{20}»",
    "trigger «glptt-{x40}»",
    "bitbucket «ATBB{32}»",
    "bitbucket «ATCTT3{60}»",
    "jira «ATATT3{80}»",
    "//registry.example.com/:_authToken=«npm_{36}»",
    "npm says «npm_{36}»",
    "twine with «pypi-AgEIcHlwaS5vcmc{60}»",
    "gem push «rubygems_{x48}»",
    "docker «dckr_pat_{27}»",
    # model providers
    "openai «sk-{20}T3BlbkFJ{20}»",
    "openai «sk-proj-{48}»",
    "anthropic «sk-ant-api03-{80}AA»",
    "hugging face «hf_{34}»",
    "groq «gsk_{52}»",
    "openrouter «sk-or-v1-{x64}»",
    "replicate «r8_{37}»",
    "perplexity «pplx-{48}»",
    "xai «xai-{80}»",
    "nvidia «nvapi-{64}»",
    # clouds
    "google «AIza{35}»",
    "google «GOCSPX-{28}»",
    "google «ya29.{60}»",
    "google «1//0{40}»",
    "aws «AKIA{U16}»",
    "aws «ASIA{U16}»",
    "the pair «AKIA{U16}» «{b40}»",
    "session «IQoJb3JpZ2luX2VjE{b200}==»",
    "digitalocean «dop_v1_{x64}»",
    "heroku «HRKU-AA{58}»",
    "cloudflare «v1.0-{x24}-{x146}»",
    "databricks «dapi{x32}»",
    "planetscale «pscale_tkn_{40}»",
    "linear «lin_api_{40}»",
    "azure «abc8Q~{32}»",
    "terraform «{14}»".replace("{14}", "abcdefghij1234.atlasv1.{60}"),
    "pulumi «pul-{x40}»",
    "doppler «dp.pt.{43}»",
    # what watches and what calls
    "slack «xoxb-{d12}-{d12}-{24}»",
    "slack «xoxp-{d12}-{d12}-{d12}-{x32}»",
    "slack «xapp-1-A{U10}-{d13}-{x64}»",
    "slack «xoxe.xoxb-1-{60}»",
    "grafana «glsa_{32}_{x8}»",
    "grafana «glc_{b60}»",
    "new relic «NRAK-{U27}»",
    "new relic «{x36}NRAL»",
    "sentry «sntrys_eyJpYXQiO{60}»",
    "pagerduty «pdus»".replace("«pdus»", "token=«y_NbAkKc66ryYTWUXYEu»"),
    "dynatrace «dt0c01.{U24}.{U64}»",
    "posthog «phc_{43}»",
    "sendgrid «SG.{22}.{43}»",
    "mailgun «key-{x32}»",
    "mailchimp «{x32}-us14»",
    "brevo «xkeysib-{x64}-{16}»",
    "twilio «SK{x32}»",
    "telegram «{d9}:AA{33}»",
    # money and shops
    "stripe «sk_live_{24}»",
    "stripe «rk_test_{24}»",
    "stripe «whsec_{32}»",
    "shopify «shpat_{x32}»",
    "square «sq0atp-{22}»",
    # vaults
    "vault «hvs.{95}»",
    "vault «hvb.{140}»",
    "vault «s.{24}»",
    "age «AGE-SECRET-KEY-1{U58}»",
    "1password «ops_eyJ{b260}»",
    "tailscale «tskey-api-{24}»",
    "bearer «eyJ{20}.eyJ{40}.{43}»",
    "frame-less «MIIEpAIBAAKCAQEA{b200}»",
]

KEYS = [
    "-----BEGIN",  # stands for the ones below
    "«-----BEGIN PRIVATE KEY-----\nMII{b60}\n{b60}\n-----END PRIVATE KEY-----»\nthen",
    "«-----BEGIN OPENSSH PRIVATE KEY-----\nb3B{b60}\n-----END OPENSSH PRIVATE KEY-----» end",
    "«-----BEGIN EC PRIVATE KEY-----\nMHc{b60}\n-----END EC PRIVATE KEY-----»",
    "«-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQO{b60}\n-----END PGP PRIVATE KEY BLOCK-----»",
    '{"private_key": «"-----BEGIN PRIVATE KEY-----\\nMII{b60}\\n-----END PRIVATE KEY-----\\n"»}',
    "cut off: «-----BEGIN RSA PRIVATE KEY-----\nMII{b60}»",
    "PuTTY-User-Key-File-2: ssh-rsa\n«Private-Lines: 2\n{b64}\n{b40}»\nPrivate-MAC: «{x40}»",
    "«b3BlbnNzaC1rZXktdjEAAAAA{b100}»",
]

HASHES = [
    "ALTER ROLE a PASSWORD «'SCRAM-SHA-256$4096:{b24}$={b40}:{b40}='»",
    "rolpassword | «SCRAM-SHA-256$4096:{b24}$={b40}:{b40}=»",
    "rolpassword | «md5{x32}»",
    "user «*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29» at host",
    "hash «$2b$12${53}»",
    "hash «$argon2id$v=19$m=65536,t=3,p=4${22}${43}»",
    "shadow app:«$6${16}${86}»:19000",
    "django «pbkdf2_sha256$600000${22}${b43}=»",
    "userPassword: «{SSHA}{b32}»",
    "hash «$A$005${20}{43}»",
]

ADDRESSES = [
    "postgresql://app:«hunter2»@db.example.com:5432/orders",
    "postgres://app:«p@ss:w0rd»@db.example.com/orders",
    "postgres://app:«pa/ss#1?»@db.example.com/orders",
    "mysql+pymysql://root:«hunter2»@10.0.0.3/orders?charset=utf8",
    "redis://:«hunter2»@cache:6379/0",
    "rediss://default:«hunter2»@cache.example.com:6380",
    "mongodb+srv://app:«hunter2»@cluster0.example.net/?retryWrites=true",
    "amqps://app:«hunter2»@queue:5671/%2f",
    "jdbc:postgresql://db:5432/orders?user=app&password=«hunter2»&ssl=true",
    "jdbc:mysql://db/orders?user=app&password=«hunter2»",
    "jdbc:sqlserver://db:1433;databaseName=orders;user=sa;password=«hunter2»;encrypt=true",
    "jdbc:oracle:thin:app/«x»@db password=«hunter2»",
    "https://user:«hunter2»@nexus.example.com/repository",
    "ftp://user:«hunter2»@files.example.com",
    "smtp://mailer:«hunter2»@mail.example.com:587",
    "root:«hunter2»@tcp(10.0.0.3:3306)/orders?parseTime=true",
    "https://«{x32}»@o1.ingest.sentry.io/42",
    "Server=db;Database=orders;Uid=app;Pwd=«hunter2»;SslMode=Required",
    "Server=db;User Id=sa;Password=«hun;ter2»;Encrypt=true",
    'Data Source=db;User ID=app;Password=«"hun;ter2"»;Pooling=false',
    "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=«{b86}==»;EndpointSuffix=core",
    "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«{b43}=»",
    "BlobEndpoint=https://acme.blob.core.windows.net/;SharedAccessSignature=«sv=2024&sig={40}»",
    "https://acme.blob.core.windows.net/c/f?sv=2024-08-04&sp=r&sig=«{40}%3D»",
    "https://s3.amazonaws.com/b/k?X-Amz-Credential=«AKIA{U16}%2F20261128%2Fus-east-1»&X-Amz-Date=2",
    "https://s3.amazonaws.com/b/k?X-Amz-Expires=60&X-Amz-Signature=«{x64}»",
    "https://s3.amazonaws.com/b/k?X-Amz-Security-Token=«IQoJb3JpZ2luX2VjE{60}»&X-Amz-Expires=60",
    "https://storage.googleapis.com/b/o?GoogleAccessId=a&Expires=1&Signature=«{b60}»",
    "https://api.example.com/v1?token=«{20}»&page=2",
    "https://api.example.com/v1?page=2&access_token=«{20}»",
    "https://api.example.com/v1?api_key=«{20}»",
    "https://maps.example.com/?key=«AIza{35}»",
    "https://api.example.com/cb#access_token=«{20}»&state=x",
    "wss://wss-primary.slack.com/link/?ticket=«{x36}»&app_id=a",
    "https://hooks.slack.com/services/«T{U8}/B{U8}/{24}»",
    "https://hooks.slack.com/commands/«T{U8}/{d12}/{24}» said no",
    "https://hooks.slack.com/workflows/«T{U8}/A{U8}/{d18}/{24}»",
    "https://discord.com/api/webhooks/«{d18}/{60}»",
    "https://discordapp.com/api/webhooks/«{d18}/{60}»",
    "https://acme.webhook.office.com/«webhookb2/{x8}@{x8}/IncomingWebhook/{x32}/{x8}»",
    "https://outlook.office.com/webhook/«{x8}-1@{x8}/IncomingWebhook/{x32}/{x8}»",
    "https://prod-1.westus.logic.azure.com/workflows/{x32}/triggers/manual?sig=«{43}»",
    "https://chat.googleapis.com/v1/spaces/AAA/messages?key=«AIza{35}»&token=«{43}»",
    "https://api.telegram.org/bot«{d9}:AA{33}»/sendMessage",
    "https://hooks.zapier.com/hooks/«catch/123456/{x12}/»",
    "https://events.pagerduty.com/integration/«{x32}»/enqueue".replace("»/enqueue", "/enqueue»"),
    "https://chat.example.com/hooks/«{26}»",
    "https://n8n.example.com/webhook/«{x8}-{x4}-{x4}-{x4}-{x12}»",
]

NAMES = [
    "password=«hunter2»",
    "password: «hunter2»",
    "password : «hunter2»",
    "PASSWORD=«hunter2»!".replace("»!", "!»"),
    "db.password = «hunter2»",
    "spring.datasource.password=«hunter2»",
    "DB_PASS=«hunter2»",
    "SMTP_PASS: «hunter2»",
    "pw: «hunter2»",
    "passwd=«hunter2»",
    "passphrase = «hunter2»",
    "export PGPASSWORD=«hunter2»; psql",
    "PGPASSWORD=«'hun ter2'» psql -h db",
    "MYSQL_PWD=«hunter2» mysqldump orders",
    "MYSQL_ROOT_PASSWORD=«hunter2»",
    '$env:DB_PASSWORD = «"hunter2"»',
    "password => «'hunter2'»",
    "password := «'hunter2'»",
    "password := «hunter2»",
    ':password => «"hunter2"»,',
    'password == «"hunter2"»',
    "WHERE password <> «'hunter2'»",
    "password=«hun,ter2»",
    "password=«hun&ter2»",
    "password=«hun'ter2»",
    'password=«hun"ter2»',
    "password=«hun)ter2»",
    "password=«a;b;c;hunter2»",
    "connect(user='app', password=«'hunter2'»)",
    "connect(user=app, password=«hunter2»)",
    "host=db user=app password=«hunter2» dbname=orders",
    "host=db user=app password=«'hun ter2'» dbname=orders",
    "user=app,password=«hunter2»,host=db",
    "password=«hunter2»,user=app",
    "  password: «hunter2»  ".rstrip(),
    "db:\n  user: app\n  password: «correct horse battery»\n  port: 5432",
    'password: «"hun: ter2"» # old',
    "passwords:\n  - «hunter2»\n  - «hunter3»\nuser: app",
    "password: |\n  «hunter2»\nuser: app",
    "- name: DB_PASSWORD\n  value: «hunter2»",
    '- name: DB_PASSWORD\n  value: «"hunter2"»',
    "stringData:\n  password: «hunter2»",
    '{"password": «"hunter2"», "user": "app"}',
    '{"password":«"hunter2"»}',
    '{"password": «123456789»}',
    "{'password': «'hunter2'»}",
    '{"passwords": «["hunter2", "hunter3"]»}',
    '{"tokens": «["{20}", "{20}"]», "n": 2}',
    '{"name": "DB_PASSWORD", "value": «"hunter2"»}',
    '{"Key": "password", "Value": «"hunter2"»}',
    '{"ParameterName": "master_password", "ParameterValue": "x"}'.replace(
        '"x"', '«"hunter2"»'
    ).replace("ParameterValue", "Value"),
    '{"password": «"hun\\"ter2"», "a": 1}',
    '{"SecretString": «"hunter2"»}',
    '{"clientSecret": «"{40}"»}',
    '{"aws_secret_access_key": «"{b40}"»}',
    'body: {\\"password\\": «\\"hunter2\\"», \\"user\\": \\"app\\"}',
    'body: {\\\\\\"password\\\\\\": «\\\\\\"hunter2\\\\\\"», \\\\\\"user\\\\\\": 1}',
    '{"body": "{\\"password\\":«\\"hun\\\\\\"ter2\\"»}"}',
    '{"env": "password=«hunter2»"}',
    '{"message": "login with password=«hunter2»", "n": 1}',
    '("password", «"hunter2"»)',
    'setenv("PGPASSWORD", «"hunter2"»)',
    'os.environ["PGPASSWORD"] = «"hunter2"»',
    "config['password'] = «'hunter2'»",
    "<password>«hunter2»</password>",
    "<db:password>«hunter2»</db:password>",
    '<Password type="plain">«hunter2»</Password>',
    "<password>\n  «hunter2»\n</password>",
    "<password><![CDATA[«hunter2»]]></password>".replace("<![CDATA[«", "«<![CDATA[").replace(
        "»]]>", "]]>»"
    ),
    "&lt;password&gt;«hunter2»&lt;/password&gt;",
    '<db user="app" password=«"hunter2"»/>',
    '<add key="Password" value=«"hunter2"» />',
    '<property name="password" value=«"hunter2"»/>',
    '<property name="password">«hunter2»</property>',
    "<key>Password</key><string>«hunter2»</string>",
    "password=&quot;«hunter2»&quot;".replace("&quot;«", "«&quot;").replace("»&quot;", "&quot;»"),
    "password%3D«hunter2»",
    "api_key: «{32}»",
    "x-api-key: «{32}»",
    "apiKey=«{32}»",
    "X-Auth-Token: «{32}»",
    "PRIVATE-TOKEN: «{20}»",
    "X-Vault-Token: «{24}»",
    "x-amz-security-token:«{60}»",
    "DD_API_KEY=«{x32}»",
    "PAGERDUTY_ROUTING_KEY=«{x32}»",
    "integration_key: «{x32}»",
    "TWILIO_AUTH_TOKEN=«{x32}»",
    "AWS_SESSION_TOKEN=«{60}»",
    "aws configure set aws_secret_access_key «{b40}»",
    "encryption_key = «{b43}=»",
    "signing-key: «{b43}=»",
    "PrivateKey = «{b43}=»",
    "secret_key_base: «{x64}»",
    "requirepass «hunter2»",
    "machine db.example.com login app password «hunter2»",
    "the password is «Tr0ub4dor&3»",
    "new password is: «Tr0ub4dor&3»",
    "client-key-data: «LS0tLS1CRUdJTi{60}»",
    "response_url: «https://example.com/reply/{24}»",
    "'trigger_id': «'{d13}.{d12}.{x32}'»",
]

HEADERS = [
    "Authorization: Basic «{b24}=»",
    "Authorization: Bearer «{40}»",
    "Authorization: Token «{x40}»",
    "Authorization: ApiKey «{b40}»",
    'Authorization: «Digest username="app", realm="r", nonce="{x16}", response="{x32}"»',
    "Authorization: «AWS4-HMAC-SHA256 Credential=AKIA{U16}/20261128, Signature={x64}»",
    "Authorization: «{x40}»",
    "authorization=Bearer «{40}»",
    "Proxy-Authorization: Basic «{b24}=»",
    '{"Authorization": "Bearer «{40}»"}',
    "{'Authorization': 'Token «{x40}»'}",
    '{\\"Authorization\\": \\"Bearer «{40}»\\"}',
    "curl -H 'Authorization: Token «{x40}»' https://example.com",
    'curl -H "X-Api-Key: «{32}»" https://example.com',
    "Cookie: «session={32}; csrf={20}»",
    "Set-Cookie: «sid={32}; Path=/; HttpOnly»",
    "curl -H 'Cookie: «sid={32}; a=b»' https://example.com",
    '{"Cookie": "«sid={32}; a=b»"}',
    "sent Bearer «{40}» to it",
    "WWW says Basic «{b24}==»",
]

COMMANDS = [
    "mysql -h db -uroot -p«hunter2» orders",
    "mysql -h db -u root -p«'hun ter2'» orders",
    "mysqldump --user=root --password=«hunter2» orders > f.sql",
    "mysqladmin -u root -p«hunter2» status",
    "mariadb-dump -uroot -p«hunter2» orders",
    "/usr/bin/mysql -p«hunter2»",
    "mysql --password «hunter2»",
    "tool --password «hunter2» --verbose",
    "tool --password=«hunter2» --verbose",
    'tool --password "«hun ter2»"'.replace('"«', '«"').replace('»"', '"»'),
    "tool --db-password «hunter2»",
    "aws rds modify-db-instance --db-instance-identifier a --master-user-password «hunter2»",
    "tool --token «{20}» run",
    "tool --api-key «{20}»",
    "tool -password «hunter2»",
    "curl -u app:«hunter2» https://example.com",
    "curl -sSu app:«hunter2» https://example.com",
    "curl --user app:«hunter2» https://example.com",
    "curl --user 'app:«hun ter2»' https://example.com",
    'curl -X POST -u "app:«hunter2»" https://example.com',
    "wget --http-user=a --http-password=«hunter2» https://example.com",
    "sshpass -p «hunter2» ssh host",
    "sshpass -p«hunter2» ssh host",
    "docker login -u app -p «hunter2» registry.example.com",
    "redis-cli -h cache -a «hunter2» ping",
    "mongosh -u app -p «hunter2»",
    "ldapsearch -D cn=app -w «hunter2»",
    "sqlplus app/«hunter2»@orcl",
    "sqlcmd -S db -U sa -P «hunter2»",
    "openssl rsa -in k.pem -passin pass:«hunter2»",
    'psql "host=db user=app password=«hunter2»"',
    "vault login «{24}»",
    "kubectl create secret generic db --from-literal=password=«hunter2»",
    "htpasswd -bc file app «hunter2»",
    "rabbitmqctl add_user app «hunter2»",
]

SQL = [
    "ALTER USER app PASSWORD «'hunter2'»",
    "ALTER USER app WITH ENCRYPTED PASSWORD «'hunter2'» VALID UNTIL 'infinity'",
    "CREATE ROLE app LOGIN PASSWORD «'it''s me'»;",
    "CREATE ROLE app PASSWORD «'it\\'s me'»;",
    "CREATE ROLE app PASSWORD «E'it\\'s me'»;",
    "CREATE ROLE app PASSWORD «$$it's me$$»;",
    "CREATE ROLE app PASSWORD «$x$it's $$ me$x$»;",
    "CREATE ROLE app PASSWORD «U&'hunter2'»;",
    "CREATE ROLE app PASSWORD /* new */ «'hunter2'»",
    "CREATE ROLE app PASSWORD -- new\n «'hunter2'»",
    "ALTER ROLE app PASSWORD/**/«'hunter2'»",
    "CREATE USER app IDENTIFIED BY «'hunter2'»",
    'CREATE USER app IDENTIFIED BY «"hunter2"»',
    "CREATE USER app IDENTIFIED BY «hunter2»",
    "CREATE USER app IDENTIFIED /* c */ BY /* d */ «'hunter2'»",
    "ALTER USER app IDENTIFIED BY «'hunter2'» REPLACE «'hunter1'»",
    "CREATE USER app IDENTIFIED BY PASSWORD «'*94BDCEBE19083CE2A1F959FD02F964C7AF4CFC29'»",
    "CREATE USER app IDENTIFIED WITH caching_sha2_password BY «'hunter2'»",
    "CREATE USER app IDENTIFIED WITH mysql_native_password AS «'*94BDCEBE'»",
    "GRANT ALL ON *.* TO app IDENTIFIED BY «'hunter2'» WITH GRANT OPTION",
    "SET PASSWORD FOR 'app'@'%' = «'hunter2'»",
    "SET PASSWORD FOR 'app'@'%' = PASSWORD(«'hunter2'»)",
    "SET PASSWORD = «'hunter2'»",
    "UPDATE users SET password = «'hunter2'» WHERE id = 1",
    "UPDATE users SET password=«'hun''ter2'», n = 2",
    "UPDATE mysql.user SET authentication_string=PASSWORD(«'hunter2'»)",
    "SELECT * FROM users WHERE name = 'a' AND password = «'hunter2'»",
    "INSERT INTO users (name, password) VALUES ('a', «'hunter2'»)",
    "INSERT INTO users(name,password,n) VALUES ('a',«'hun''ter2'»,1),('b',«'hunter3'»,2)",
    "INSERT INTO users (password, name) VALUES («'hun,ter2'», 'a')",
    'insert into "users" ("name", "api_key") values (\'a\', «\'{32}\'»)',
    "INSERT INTO users (name, `password`)\nVALUES\n('a', «'hunter2'»)",
    "REPLACE INTO users (name, password_hash) VALUES ('a', «MD5('hunter2')»)",
    "INSERT INTO users SET name='a', password=«'hunter2'»",
    "CHANGE MASTER TO MASTER_USER='r', MASTER_PASSWORD=«'hunter2'», MASTER_PORT=3306",
    "CREATE SUBSCRIPTION s CONNECTION 'host=db user=r password=«hunter2»' PUBLICATION p",
    "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', password «'hunter2'»)",
    "CREATE LOGIN app WITH PASSWORD = «N'hunter2'»",
    "ALTER LOGIN app WITH PASSWORD = «'hunter2'» OLD_PASSWORD = «'hunter1'»",
    "CREATE CREDENTIAL c WITH IDENTITY = 'a', SECRET = «'hunter2'»",
    "CALL mysql.rds_set_external_master('host', 3306, 'repl', «'hunter2'», 'bin.1', 4, 0)",
    "SELECT aws_commons.create_aws_credentials('k', «'{b40}'», '')",
    "SELECT dblink_connect('host=db user=a password=«hunter2»')",
    "SELECT crypt(«'hunter2'», gen_salt('bf'))",
    "SELECT pgp_sym_encrypt('data', «'hunter2'»)",
    "DETAIL:  Failing row contains («1, app, hunter2, null»).",
    "DETAIL:  Key (password)=«(hunter2)» already exists.",
    "DETAIL:  parameters: $1 = '42', $2 = «'hunter2'»",
    "statement: ALTER ROLE app PASSWORD «'hunter2 cut of»",
    "EXEC sp_addlogin 'app', «'hunter2'», 'orders'",
    "exec sp_password «'hunter1'», «'hunter2'», 'app'",
    "EXEC master.dbo.sp_addlinkedsrvlogin 's', 'false', NULL, 'u', «'hunter2'»;",
    "conn app/«hunter2»@orders",
    "jdbc:oracle:thin:app/«hunter2»@//db:1521/orders",
]

#: As people stress a name in Slack, and as others escape what stands behind it.
WRITTEN = [
    "*password:* «hunter2»",
    "*Password*: «hunter2»",
    "> **Password:** «correct horse battery»",
    "*API key:* «`{32}`»",
    "the access key: «{32}»",
    '{"q":"user=a\\u0026password\\u003d«hunter2»"}',
    "password&#61;«hunter2»",
    '{"auths": {"registry.example": {"auth": "«{b40}==»"}}}',
]

SECRETS = [*TOKENS, *KEYS[1:], *HASHES, *ADDRESSES, *NAMES, *HEADERS, *COMMANDS, *SQL, *WRITTEN]

HARMLESS = (Path(__file__).with_name("harmless.txt")).read_text("utf-8").splitlines()


def shares() -> tuple[float, float]:
    """Of the secrets how many are caught, and of the harmless lines how many are touched."""
    caught = sum(map(is_caught, secrets())) / len(SECRETS)
    return caught, 1 - sum(map(is_left, HARMLESS)) / len(HARMLESS)


if __name__ == "__main__":
    caught, touched = shares()
    sys.stdout.write(
        f"{len(SECRETS)} shapes of secrets: {caught:.1%} masked in whole\n"
        f"{len(HARMLESS)} harmless lines: {touched:.1%} touched\n"
    )
