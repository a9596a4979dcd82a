# The first stage has pip and resolves; what it made is all that the second takes over.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml setup.py constraints.txt manifest.yml README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY storage storage
COPY charts charts
RUN python -m venv /opt/rds-bot \
 && /opt/rds-bot/bin/pip install --no-cache-dir -c constraints.txt '.[postgres]' \
 && /opt/rds-bot/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim
LABEL org.opencontainers.image.title="RDS Ops Bot" \
      org.opencontainers.image.description="Run Amazon RDS and Aurora from Slack" \
      org.opencontainers.image.licenses="Apache-2.0"
# Nothing that installs or builds software stays where the bot runs.
RUN pip uninstall --yes --root-user-action=ignore pip setuptools wheel \
 && rm -rf /usr/local/lib/python3.11/ensurepip
# A fixed number, so that a volume's owner and Kubernetes' runAsNonRoot can name it.
RUN useradd --uid 10001 --no-create-home --home-dir /app --shell /usr/sbin/nologin rds-bot \
 && install -d -o 10001 -g 10001 -m 0700 /app/data
COPY --from=build /opt/rds-bot /opt/rds-bot
# Logs must leave at once, and the files of the image are read-only to the bot.
ENV PATH=/opt/rds-bot/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /app
# The SQLite database; with DATABASE_URL on PostgreSQL nothing here is worth keeping.
VOLUME /app/data
# As a list, so that SIGTERM reaches the bot itself, which then leaves in order.
ENTRYPOINT ["rds-bot"]
CMD ["run"]
