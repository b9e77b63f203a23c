from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0004_name_check")]
    operations = [ValidateConstraint(model_name="person", name="person_name_not_null")]
