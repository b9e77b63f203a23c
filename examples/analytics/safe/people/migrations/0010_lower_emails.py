from django.db import migrations
from django.db.models.functions import Lower

BATCH = 5000


def lower_emails(apps, schema_editor):
    Person = apps.get_model("people", "Person")
    last = 0
    while True:
        ids = list(Person.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            break
        Person.objects.filter(pk__in=ids).update(email_lower=Lower("email"))
        last = ids[-1]


class Migration(migrations.Migration):
    """Not atomic: each batch is its own transaction."""

    atomic = False
    dependencies = [("people", "0009_person_email_lower")]
    operations = [migrations.RunPython(lower_emails, migrations.RunPython.noop)]
