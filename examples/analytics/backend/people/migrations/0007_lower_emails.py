from django.db import migrations, models


def lower_emails(apps, schema_editor):
    Person = apps.get_model("people", "Person")
    for person in Person.objects.all():
        if person.email:
            person.email_lower = person.email.lower()
            person.save(update_fields=["email_lower"])


class Migration(migrations.Migration):
    dependencies = [("people", "0006_distinct_id_index")]
    operations = [
        migrations.AddField(model_name="person", name="email_lower", field=models.CharField(max_length=255, null=True)),
        migrations.RunPython(lower_emails, migrations.RunPython.noop),
    ]
