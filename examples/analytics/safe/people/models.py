import uuid

from django.db import models
from django.contrib.postgres.functions import RandomUUID


class Person(models.Model):
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE)
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=255, null=True)
    properties = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    public_id = models.UUIDField(null=True, db_default=RandomUUID())
    email_lower = models.CharField(max_length=255, null=True)

    class Meta:
        db_table = "person"


class PersonDistinctId(models.Model):
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    distinct_id = models.CharField(max_length=400)
    version = models.BigIntegerField(null=True)

    class Meta:
        db_table = "person_distinct_id"
        constraints = [models.UniqueConstraint(fields=["team", "distinct_id"], name="unique_distinct_id_per_team")]
        indexes = [models.Index(fields=["person", "version"], name="distinct_id_person_version")]
