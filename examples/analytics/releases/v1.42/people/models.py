import uuid

from django.db import models


class Person(models.Model):
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE)
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=200, null=True)
    email = models.CharField(max_length=255, null=True)
    legacy_id = models.IntegerField(null=True)  # DEPRECATED: use uuid
    properties = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

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
