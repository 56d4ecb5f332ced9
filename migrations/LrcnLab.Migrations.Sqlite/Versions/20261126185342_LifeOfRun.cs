using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.Sqlite.Versions
{
    /// <inheritdoc />
    public partial class LifeOfRun : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Amendments",
                table: "Runs",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<string>(
                name: "FailureLabel",
                table: "Runs",
                type: "TEXT",
                maxLength: 50,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "ForkStep",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<Guid>(
                name: "ParentId",
                table: "Runs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Precision",
                table: "Runs",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Relation",
                table: "Runs",
                type: "TEXT",
                maxLength: 20,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Threads",
                table: "Runs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Person",
                table: "RunStateChanges",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Runs_ParentId",
                table: "Runs",
                column: "ParentId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Runs_ParentId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Amendments",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "FailureLabel",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ForkStep",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "ParentId",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Precision",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Relation",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Threads",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Person",
                table: "RunStateChanges");
        }
    }
}
